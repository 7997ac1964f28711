/**
 * What a PVE cluster keeps beside guests and storages. Every part is made when it is first needed, so
 * that a lab saved before it existed goes on. Values are text, as in PVE's configuration files.
 */

/** One section of a configuration file of `/etc/pve`. */
export type Section = Record<string, string>
export type Sections = Record<string, Section>

export type LabCluster = {
  name: string
  /** Of corosync.conf: counts changes of membership. */
  version: number
  /** Two nodes, of which one is enough (corosync `two_node`). */
  twoNode: boolean
}

/** `/etc/network/interfaces` of one host, by interface. `exists`: a card that is there by itself. */
export type HostNetwork = {
  current: Sections
  /** Changes that wait for a reload; null if none. */
  staged: Sections | null
}

/** Objects of SDN as edited, and as they were when they were last applied. */
export type Sdn = {
  edited: SdnObjects
  applied: SdnObjects
  /** By node: zones that its last reload made. A zone that is missing waits for one. */
  made: Record<string, string[]>
  /** Token of whoever locked it (9). */
  lock?: string
}
export type SdnObjects = { zones: Sections; vnets: Sections; subnets: Sections }

export type Pool = { comment: string | null; guests: number[]; storages: string[] }

export type Ha = { resources: Sections; groups: Sections; rules: Sections }

/** One level of the firewall: datacenter, host or guest. */
export type Firewall = {
  options: Section
  rules: Section[]
  aliases: Sections
  ipsets: Record<string, { comment: string | null; entries: Sections }>
}

export type ClusterState = {
  cluster?: LabCluster
  sdn?: Sdn
  pools?: Record<string, Pool>
  ha?: Ha
  /** By `cluster`, `node/<name>` and `guest/<vmid>`. */
  firewalls?: Record<string, Firewall>
  /** Security groups. */
  firewallGroups?: Record<string, { comment: string | null; rules: Section[] }>
  /** Backup jobs by id. */
  backupJobs?: Sections
  /** Hardware mappings by kind and id; `map` has one line per device. */
  mappings?: { pci: Sections; usb: Sections; dir: Sections }
  /** datacenter.cfg. */
  options?: Section
}

/** A part of the state, made empty where it is not there yet. */
export function part<K extends keyof ClusterState>(
  state: ClusterState,
  key: K,
  empty: () => NonNullable<ClusterState[K]>,
): NonNullable<ClusterState[K]> {
  const found = state[key] ?? empty()
  state[key] = found
  return found as NonNullable<ClusterState[K]>
}

export const poolsOf = (state: ClusterState) => part(state, 'pools', () => ({}))
export const haOf = (state: ClusterState) =>
  part(state, 'ha', () => ({ resources: {}, groups: {}, rules: {} }))
export const mappingsOf = (state: ClusterState) =>
  part(state, 'mappings', () => ({ pci: {}, usb: {}, dir: {} }))
export const backupJobsOf = (state: ClusterState) => part(state, 'backupJobs', () => ({}))
export const optionsOf = (state: ClusterState) => part(state, 'options', () => ({}))
export const sdnOf = (state: ClusterState) => {
  const none = () => ({ zones: {}, vnets: {}, subnets: {} })
  return part(state, 'sdn', (): Sdn => ({ edited: none(), applied: none(), made: {} }))
}
export const firewallGroupsOf = (state: ClusterState) => part(state, 'firewallGroups', () => ({}))

/** The firewall of one level, made empty where nobody has written it. */
export function firewallOf(state: ClusterState, level: string): Firewall {
  const all = part(state, 'firewalls', () => ({}))
  const found = all[level] ?? { options: {}, rules: [], aliases: {}, ipsets: {} }
  all[level] = found
  return found
}

import { type Ipv4, parseIpv4 } from './ipv4'
import type { Topology } from './topology'

/**
 * What has an address. The first line are machines, each of which answers alone at its own; the
 * second are further names for a machine, which may stand at one that a machine has.
 */
export type AddressKind =
  | ('host' | 'bmc' | 'ups' | 'router' | 'switch' | 'unmanaged' | 'vm')
  | ('gateway' | 'endpoint' | 'service' | 'tunnel' | 'resolver')

/** Somebody who has an address, and the field that says so. */
export type AddressUse = {
  address: Ipv4
  /** As it is written. */
  text: string
  kind: AddressKind
  /** Id of the object, and the name that is shown for it. */
  id: string
  name: string
  path: string[]
  /** Which machine answers, such as `vms/web`. Uses with the same one never stand in each other's way. */
  machine: string
  /** Null where the document does not tell it. */
  mac: string | null
  vmid: number | null
}

/**
 * Every address that the document gives to anything, in one place: machines first, VMs the last of
 * them, then gateways, endpoints, services, tunnels and resolvers. Reservations are not among them:
 * they keep an address from being given and answer nowhere.
 */
export function addressUses(topology: Topology): AddressUse[] {
  const uses: AddressUse[] = []
  const add = (text: string | undefined, use: Omit<AddressUse, 'address' | 'text'>) => {
    const address = text === undefined ? null : parseIpv4(text)
    if (address !== null) uses.push({ address, text: text!, ...use })
  }
  addEquipment(topology, add)
  addGuests(topology, add)
  addNames(topology, add)
  return uses
}

type Add = (text: string | undefined, use: Omit<AddressUse, 'address' | 'text'>) => void
const UNTOLD = { mac: null, vmid: null }

function addEquipment(topology: Topology, add: Add): void {
  for (const [id, { address, bmc, runsOn, name = id }] of Object.entries(topology.hosts ?? {})) {
    const machine = `hosts/${id}`
    const guest = machineOf(topology, runsOn) ?? machine
    add(address, {
      ...{ ...UNTOLD, kind: 'host', id, name, machine: guest },
      path: ['hosts', id, 'address'],
    })
    add(bmc?.address, {
      ...{ ...UNTOLD, kind: 'bmc', id, name, machine: `${machine}/bmc` },
      path: ['hosts', id, 'bmc', 'address'],
    })
  }
  for (const [kind, collection] of [
    ['ups', 'ups'],
    ['switch', 'switches'],
  ] as const) {
    for (const [id, { address, name = id }] of Object.entries(topology[collection] ?? {})) {
      const machine = `${collection}/${id}`
      add(address, { ...UNTOLD, kind, id, name, machine, path: [collection, id, 'address'] })
    }
  }
  for (const [id, { address, runsOn, name = id }] of Object.entries(topology.routers ?? {})) {
    const machine = machineOf(topology, runsOn) ?? `routers/${id}`
    add(address, { ...UNTOLD, kind: 'router', id, name, machine, path: ['routers', id, 'address'] })
  }
}

function addGuests(topology: Topology, add: Add): void {
  for (const [id, guest] of Object.entries(topology.unmanaged ?? {})) {
    const { name = id, vmid = null } = guest
    const use = { kind: 'unmanaged' as const, id, name, vmid, mac: null }
    for (const address of new Set(guest.addresses)) {
      add(address, { ...use, machine: `unmanaged/${id}`, path: ['unmanaged', id, 'addresses'] })
    }
  }
  for (const [id, { nics, name = id, vmid = null }] of Object.entries(topology.vms ?? {})) {
    for (const [nic, { address, mac = null }] of Object.entries(nics ?? {})) {
      // Two NICs of one VM cannot share an address either, so each is told apart.
      const machine = `vms/${id}/${nic}`
      const path = ['vms', id, 'nics', nic, 'address']
      add(address, { kind: 'vm', id, name, vmid, mac, machine, path })
    }
  }
}

function addNames(topology: Topology, add: Add): void {
  for (const [id, { gateway, router, name = id }] of Object.entries(topology.networks ?? {})) {
    const runsOn = router === undefined ? undefined : topology.routers?.[router]?.runsOn
    const by = router === undefined ? `gateways/${gateway}` : `routers/${router}`
    const machine = machineOf(topology, runsOn) ?? by
    const path = ['networks', id, 'gateway']
    add(gateway, { ...UNTOLD, kind: 'gateway', id, name: router ?? name, machine, path })
  }
  for (const [id, { endpoint, name = id }] of Object.entries(topology.clusters ?? {})) {
    const path = ['clusters', id, 'endpoint', 'address']
    const machine = `clusters/${id}`
    add(endpoint?.address, { ...UNTOLD, kind: 'endpoint', id, name, machine, path })
  }
  for (const [id, { address, runsOn, name = id }] of Object.entries(topology.services ?? {})) {
    const machine = machineOf(topology, runsOn) ?? `services/${id}`
    const path = ['services', id, 'address']
    add(address, { ...UNTOLD, kind: 'service', id, name, machine, path })
  }
  for (const [id, { wireguard, name = id }] of Object.entries(topology.sites ?? {})) {
    const machine = machineOf(topology, wireguard?.gateway) ?? `sites/${id}`
    const path = ['sites', id, 'wireguard', 'address']
    add(wireguard?.address, { ...UNTOLD, kind: 'tunnel', id, name, machine, path })
  }
  for (const [id, { dns, name = id }] of Object.entries(topology.networks ?? {})) {
    for (const each of new Set(dns)) {
      const path = ['networks', id, 'dns']
      add(each, { ...UNTOLD, kind: 'resolver', id, name, machine: `resolvers/${each}`, path })
    }
  }
}

/** The machine that an id of a place or server means, null where it is none (a cluster, elsewhere). */
function machineOf(topology: Topology, id: string | undefined): string | null {
  if (id === undefined) return null
  for (const kind of ['hosts', 'vms', 'unmanaged', 'routers'] as const) {
    if (Object.hasOwn(topology[kind] ?? {}, id)) return `${kind}/${id}`
  }
  return null
}

const MACHINES: ReadonlySet<AddressKind> = new Set([
  'host',
  'bmc',
  'ups',
  'router',
  'switch',
  'unmanaged',
  'vm',
])

/** Machines that serve nothing of a user's: another name is never theirs. */
const SERVES_NOTHING: ReadonlySet<AddressKind> = new Set(['bmc', 'ups'])

/** Whether two uses are of one machine: the same, or one of them a NIC of it. */
const sameMachine = (a: AddressUse, b: AddressUse): boolean =>
  a.machine === b.machine ||
  (a.kind !== b.kind &&
    (a.machine.startsWith(`${b.machine}/`) || b.machine.startsWith(`${a.machine}/`)) &&
    a.kind !== 'bmc' &&
    b.kind !== 'bmc')

/**
 * Whether two uses of one address cannot both be right: two machines, or a name beside a machine
 * that it cannot be a name of. `perhaps`: it can be one box that is drawn twice.
 */
export function clashOf(
  topology: Topology,
  a: AddressUse,
  b: AddressUse,
): 'no' | 'perhaps' | 'yes' {
  if (a.address !== b.address || sameMachine(a, b)) return 'no'
  const [machineA, machineB] = [MACHINES.has(a.kind), MACHINES.has(b.kind)]
  if (machineA && machineB) {
    const kinds = [a.kind, b.kind]
    return kinds.includes('router') && kinds.includes('switch') ? 'perhaps' : 'yes'
  }
  if (!machineA && !machineB) return namesClash(topology, a, b) ? 'yes' : 'no'
  const [machine, name] = machineA ? [a, b] : [b, a]
  if (name.kind === 'resolver') return 'no'
  if (name.kind === 'tunnel' || SERVES_NOTHING.has(machine.kind)) return 'yes'
  if (name.kind === 'endpoint') {
    const floats = topology.clusters?.[name.id]?.endpoint?.floating !== undefined
    return floats || machine.kind === 'switch' ? 'yes' : 'no'
  }
  // A service that says what it runs on is not at the address of another machine.
  const elsewhere = name.kind === 'service' && !name.machine.startsWith('services/')
  return elsewhere && machine.kind !== 'router' ? 'perhaps' : 'no'
}

/** Two clusters at one endpoint; tunnels of two sites have a rule of their own. */
function namesClash(topology: Topology, a: AddressUse, b: AddressUse): boolean {
  if (a.kind !== 'endpoint' || b.kind !== 'endpoint') return false
  const port = ({ id }: AddressUse) => topology.clusters?.[id]?.endpoint?.port
  return port(a) === port(b)
}

const WORDS: Record<AddressKind, (use: AddressUse) => string> = {
  host: ({ id }) => `host ${id}`,
  bmc: ({ id }) => `the BMC of host ${id}`,
  ups: ({ id }) => `UPS ${id}`,
  router: ({ id }) => `router ${id}`,
  switch: ({ id }) => `switch ${id}`,
  unmanaged: ({ id }) => `unmanaged guest ${id}`,
  vm: ({ id }) => `VM ${id}`,
  gateway: ({ id }) => `the gateway of ${id}`,
  endpoint: ({ id }) => `the endpoint of cluster ${id}`,
  service: ({ id }) => `service ${id}`,
  tunnel: ({ id }) => `the tunnel of site ${id}`,
  resolver: ({ id }) => `the resolver of ${id}`,
}

/** Who that is, in words: `the BMC of host pve`. */
export const whoHas = (use: AddressUse): string => WORDS[use.kind](use)

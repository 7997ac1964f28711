import { parseMarker } from '@/lib/plan/marker'
import type { Observed, ObservedGuest } from '@/lib/plan/observed'
import { freshSightings, vmMacs } from '@/lib/plan/sightings'
import { strangersAmong, strangerText } from '@/lib/topology/ipam-sighting'
import type { Problem } from '@/lib/topology/problem'
import type { Topology } from '@/lib/topology/topology'
import { type ValidateOptions, validate } from '@/lib/topology/validate'
import type { Db, Tx } from './client'
import type { Revision as RevisionRow } from './generated/client'
import { findObserved } from './observations'
import { readTopology, utcDay } from './parsed'
import { findSetting } from './settings'

/** A guest that was seen and is not this topology's: nobody's, or another's of any panel. */
export type Stranger = ObservedGuest & { host: string }

/** What a host of the document carries beside what the document wants. */
type Unmanaged = NonNullable<ValidateOptions['unmanaged']>

/** The guests on the hosts of what was seen whose marker is not of this panel and topology. */
export function strangersIn(
  observed: Observed,
  { panelId, topologyId }: { panelId: string | null; topologyId: string },
): Stranger[] {
  const isOurs = ({ marker }: ObservedGuest) => {
    const parsed = parseMarker(marker)
    return parsed?.panelId === panelId && parsed.topologyId === topologyId
  }
  return Object.entries(observed.hosts).flatMap(([host, seen]) =>
    seen.state === 'known'
      ? seen.value.guests.filter((guest) => !isOurs(guest)).map((guest) => ({ ...guest, host }))
      : [],
  )
}

/** Whether the document takes a machine over that nobody marked yet: it is counted as its VM then. */
const isTakenOver = ({ vms, hosts }: Topology, { vmid, host, marker }: Stranger): boolean =>
  marker === null &&
  Object.values(vms ?? {}).some(
    (vm) =>
      vm.adopted === true &&
      vm.vmid === vmid &&
      hosts?.[vm.host ?? '']?.connection === hosts?.[host]?.connection,
  )

/**
 * Strangers as the rules count them: a VMID that is taken, CPUs and memory of those that run, and the
 * disks of all, which take their room also while they are off.
 */
export function toUnmanaged(
  strangers: readonly Stranger[],
  addresses: Unmanaged['addresses'] = [],
): Unmanaged {
  const hosts: Record<string, Unmanaged['hosts'][string]> = {}
  for (const { host, running, cpus, memoryMib, diskGib, storages: disks } of strangers) {
    const load = hosts[host] ?? { cpus: 0, memoryMib: 0, storages: {} }
    const storages = { ...load.storages }
    for (const [storage, gib] of Object.entries(disks ?? {}))
      storages[storage] = Math.round((storages[storage] ?? 0) + gib)
    const unplaced = (load.unplacedGib ?? 0) + (disks ? 0 : Math.round(diskGib))
    hosts[host] = {
      cpus: load.cpus + (running ? cpus : 0),
      memoryMib: load.memoryMib + (running ? memoryMib : 0),
      storages,
      ...(unplaced > 0 ? { unplacedGib: unplaced } : {}),
    }
  }
  return {
    guests: strangers.map(({ vmid, name, host }) => ({ vmid, name, host })),
    addresses,
    hosts,
  }
}

/** The problems of a stored document in the place where it stands: with the strangers seen there. */
export async function problemsOf(
  db: Db | Tx,
  row: Pick<RevisionRow, 'topologyId' | 'hash' | 'text'>,
): Promise<Problem[]> {
  const topology = readTopology(row.hash, row.text)
  return problemsBeside(topology, await unmanagedAround(db, row.topologyId, topology))
}

/** The problems of a document beside what was found by {@link unmanagedAround}. */
export const problemsBeside = (topology: Topology, unmanaged: Unmanaged): Problem[] =>
  validate(topology, { unmanaged, today: utcDay() })

/**
 * What stands beside a document on the same machines and wires and is not its own, by what was seen
 * last, or by `reading` where the world was read just now.
 */
export async function unmanagedAround(
  db: Db | Tx,
  topologyId: string,
  topology: Topology,
  reading?: Observed,
): Promise<Unmanaged> {
  const observed = reading ?? (await findObserved(db, topologyId))
  const panelId = await findSetting<string>(db, 'panel.id')
  const strangers = (observed ? strangersIn(observed, { panelId, topologyId }) : []).filter(
    (stranger) => !isTakenOver(topology, stranger),
  )
  const unseen = Object.entries(topology.hosts ?? {}).flatMap(([id, { role }]) =>
    role === 'proxmox' && observed?.hosts[id]?.state !== 'known' ? [id] : [],
  )
  const beside = toUnmanaged(strangers, [
    ...(await addressesBeside(db, topologyId, topology)),
    ...(observed ? answering(topology, observed) : []),
  ])
  return unseen.length > 0 ? { ...beside, unseen } : beside
}

/**
 * Addresses that other topologies give to VMs on the same Proxmox: they are on the same wires. Nobody
 * is named, because who reads this may not see those topologies.
 */
async function addressesBeside(
  db: Db | Tx,
  topologyId: string,
  topology: Topology,
): Promise<Unmanaged['addresses']> {
  const connections = Object.values(topology.hosts ?? {}).flatMap(
    ({ connection }) => connection ?? [],
  )
  const beside = await db.host.findMany({
    where: { connectionId: { in: connections }, topologyId: { not: topologyId } },
    select: { topologyId: true },
    distinct: ['topologyId'],
  })
  if (beside.length === 0) return []
  const nics = await db.nic.findMany({
    where: { topologyId: { in: beside.map((each) => each.topologyId) }, address: { not: null } },
    select: { address: true },
  })
  return nics.flatMap(({ address }) =>
    address === null ? [] : [{ address, owner: 'a VM of another topology of this panel' }],
  )
}

/** Addresses at which somebody answered lately whom the document does not explain, with who in words. */
function answering(topology: Topology, observed: Observed): Unmanaged['addresses'] {
  const fresh = freshSightings(observed)
  if (fresh.length === 0) return []
  return strangersAmong(topology, fresh, vmMacs(observed)).map((each) => ({
    address: each.address,
    owner: strangerText(each),
  }))
}

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

/** Strangers as the rules count them: a VMID that is taken, and the load of those that run. */
export function toUnmanaged(
  strangers: readonly Stranger[],
  addresses: Unmanaged['addresses'] = [],
): Unmanaged {
  const hosts: Record<string, Unmanaged['hosts'][string]> = {}
  for (const { host, running, cpus, memoryMib } of strangers) {
    if (!running) continue
    const load = hosts[host] ?? { cpus: 0, memoryMib: 0, storages: {} }
    hosts[host] = {
      ...load,
      cpus: load.cpus + cpus,
      memoryMib: load.memoryMib + memoryMib,
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
  const { topologyId, hash, text } = row
  const observed = await findObserved(db, topologyId)
  const panelId = await findSetting<string>(db, 'panel.id')
  const strangers = observed ? strangersIn(observed, { panelId, topologyId }) : []
  const topology = readTopology(hash, text)
  const addresses = observed ? answering(topology, observed) : []
  return validate(topology, { unmanaged: toUnmanaged(strangers, addresses), today: utcDay() })
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

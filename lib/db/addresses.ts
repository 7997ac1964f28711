import type { AddressesAnswer } from '@/lib/api/contract-addresses'
import { sightingsOf, vmMacs } from '@/lib/plan/sightings'
import type { Elsewhere } from '@/lib/topology/ipam-holders'
import type { Db } from './client'
import { findObserved } from './observations'
import { isWithin, type Within } from './sight'

/**
 * What is known of a topology's addresses beside its document: who was seen, and what the panel's
 * other topologies have. `seen` are the topologies that the reader may see; of the others it is told
 * that they have an address, not who.
 */
export async function addressesAround(
  db: Db,
  topologyId: string,
  { seen, now }: { seen: Within; now: number },
): Promise<AddressesAnswer> {
  const observed = await findObserved(db, topologyId)
  return {
    today: dayOf(now),
    observedAt: observed?.at ?? null,
    sightings: observed ? sightingsOf(observed) : [],
    elsewhere: await elsewhere(db, topologyId, seen),
    macs: observed ? vmMacs(observed) : [],
  }
}

/** ISO date of an instant, UTC. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

async function elsewhere(db: Db, topologyId: string, seen: Within): Promise<Elsewhere[]> {
  const where = { topologyId: { not: topologyId }, address: { not: null } }
  const [topologies, nics, hosts] = [
    await db.topology.findMany({ select: { id: true, name: true } }),
    await db.nic.findMany({
      where,
      select: {
        topologyId: true,
        vmId: true,
        address: true,
        mac: true,
        vm: { select: { name: true, vmid: true } },
      },
    }),
    await db.host.findMany({ where, select: { topologyId: true, name: true, address: true } }),
  ]
  const names = new Map(topologies.map(({ id, name }) => [id, name]))
  const of = (id: string) => (isWithin(seen, id) ? { id, name: names.get(id) ?? id } : null)
  const shown = <T>(id: string, value: T): T | null => (isWithin(seen, id) ? value : null)
  return [
    ...nics.flatMap((nic): Elsewhere[] =>
      nic.address === null
        ? []
        : [
            {
              ...{ kind: 'vm', address: nic.address, topology: of(nic.topologyId) },
              label: shown(nic.topologyId, nic.vm.name) ?? '',
              vmid: shown(nic.topologyId, nic.vm.vmid),
              mac: shown(nic.topologyId, nic.mac),
            },
          ],
    ),
    ...hosts.flatMap((host): Elsewhere[] =>
      host.address === null
        ? []
        : [
            {
              ...{ kind: 'host', address: host.address, topology: of(host.topologyId) },
              label: shown(host.topologyId, host.name) ?? '',
              ...{ vmid: null, mac: null },
            },
          ],
    ),
  ]
}

import { randomBytes } from 'node:crypto'
import type { Observed } from '@/lib/plan/observed'
import { sightingsOf } from '@/lib/plan/sightings'
import { allocate, type Taken } from '@/lib/topology/allocate'
import { applyChanges } from '@/lib/topology/apply'
import type { Change, Json } from '@/lib/topology/change'
import type { Sighting } from '@/lib/topology/ipam-sighting'
import type { Topology } from '@/lib/topology/topology'
import { dayOf } from './addresses'
import type { Tx } from './client'
import { findSetting } from './settings'
import { strangersIn } from './strangers'

/**
 * The changes that a save adds to a document: first what the head had allocated and the new text
 * does not mention (somebody pasted a text without numbers: the machines keep theirs), then what
 * has never been allocated.
 */
export function fillAllocated(
  topology: Topology,
  head: Topology | null,
  taken: TakenElsewhere,
): Change[] {
  const kept = head ? keptFrom(head, topology, taken.strangers) : []
  const rest = allocate(applyChanges(topology, kept), taken, newMac)
  return [...kept, ...rest]
}

/** VMIDs and MACs of what is still there; an address where the NIC stayed on its network. */
function keptFrom(head: Topology, next: Topology, strangers: ReadonlySet<number>): Change[] {
  const changes: Change[] = []
  const keep = (path: string[], had: Json | undefined, has: Json | undefined) => {
    if (had !== undefined && has === undefined) changes.push({ path, to: had })
  }
  for (const [id, template] of Object.entries(next.templates ?? {})) {
    keep(['templates', id, 'vmid'], head.templates?.[id]?.vmid, template.vmid)
  }
  for (const [id, vm] of Object.entries(next.vms ?? {})) {
    const before = head.vms?.[id]
    keep(['vms', id, 'vmid'], before?.vmid, vm.vmid)
    for (const [nicId, nic] of Object.entries(vm.nics ?? {})) {
      const nicBefore = before?.nics?.[nicId]
      keep(['vms', id, 'nics', nicId, 'mac'], nicBefore?.mac, nic.mac)
      if (nicBefore?.network !== nic.network) continue
      keep(['vms', id, 'nics', nicId, 'address'], nicBefore.address, nic.address)
    }
  }
  return withoutUsed(changes, next, strangers)
}

/** Without the kept values that the new text gives to something else, or that a stranger has. */
function withoutUsed(changes: Change[], next: Topology, strangers: ReadonlySet<number>): Change[] {
  const vms = Object.values(next.vms ?? {})
  const nics = vms.flatMap((vm) => Object.values(vm.nics ?? {}))
  const used = new Set<Json | undefined>([
    ...strangers,
    ...vms.map(({ vmid }) => vmid),
    ...Object.values(next.templates ?? {}).map(({ vmid }) => vmid),
    ...nics.flatMap(({ mac, address }) => [mac, address]),
  ])
  return changes.filter(({ to }) => !used.has(to))
}

/** Proxmox's own prefix and three random bytes. */
function newMac(): string {
  const tail = [...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0'))
  return ['BC', '24', '11', ...tail].join(':').toUpperCase()
}

/** As {@link Taken}; `strangers`: VMIDs among them that are certainly not this topology's own. */
export type TakenElsewhere = Taken & { strangers: ReadonlySet<number> }

/**
 * What is in use outside of a topology: by the panel's other topologies, by every guest that was seen
 * on a host of any of them, ours or not, and by whoever was seen at an address.
 */
export async function takenElsewhere(
  tx: Tx,
  topologyId: string,
  now: number,
): Promise<TakenElsewhere> {
  const where = { topologyId: { not: topologyId } }
  const [vms, templates, nics, hosts, observations] = [
    await tx.vm.findMany({ where, select: { vmid: true } }),
    await tx.template.findMany({ where, select: { vmid: true } }),
    await tx.nic.findMany({ where, select: { address: true, mac: true } }),
    await tx.host.findMany({ where, select: { address: true } }),
    await tx.observation.findMany({ select: { json: true } }),
  ]
  const panelId = await findSetting<string>(tx, 'panel.id')
  const known = <T>(values: (T | null)[]) => values.filter((value) => value !== null)
  const seen = observations.map(({ json }) => JSON.parse(json) as Observed)
  const strangers = seen.flatMap((observed) => strangersIn(observed, { panelId, topologyId }))
  const met = <T>(part: (sighting: Sighting) => T) => seen.flatMap(sightingsOf).map(part)
  const elsewhere = known([...vms, ...templates].map(({ vmid }) => vmid))
  return {
    vmids: [...elsewhere, ...seen.flatMap(guestVmids)],
    addresses: [
      ...known([...nics, ...hosts].map(({ address }) => address)),
      ...met(({ address }) => address),
    ],
    macs: [...known(nics.map(({ mac }) => mac)), ...known(met(({ mac }) => mac))],
    today: dayOf(now),
    strangers: new Set([...elsewhere, ...strangers.map(({ vmid }) => vmid)]),
  }
}

const guestVmids = (observed: Observed): number[] =>
  Object.values(observed.hosts).flatMap((host) =>
    host.state === 'known' ? host.value.guests.map(({ vmid }) => vmid) : [],
  )

import type { State } from '@/components/ui/state-mark'
import { parseMarker } from '@/lib/plan/marker'
import type { Observed, ObservedGuest, ObservedVm, Seen } from '@/lib/plan/observed'
import { resolveVm } from '@/lib/topology/resolve'
import type { Topology } from '@/lib/topology/topology'

/** How a thing is, as shape and word; `detail` says why where that is not plain. */
export type Shown = { state: State; word: string; detail: string | null }

/** Whose a guest is: of the document, ours but no longer in it, or somebody else's. */
export type Belongs = 'document' | 'left' | 'not-ours'

/** One VM or container, wanted or seen. */
export type MachineRow = {
  key: string
  /** Id in the document; null for what is not in it. */
  vm: string | null
  name: string
  belongs: Belongs
  kind: 'VM' | 'container' | 'template'
  role: string | null
  /** Id of its host in the document. */
  host: string | null
  vmid: number | null
  address: string | null
  shown: Shown
  /** 0 to 1. */
  cpuLoad: number | null
  memoryUsedMib: number | null
  memoryMib: number | null
  diskGib: number | null
  uptimeS: number | null
}

/** How a VM is, from what was seen of it. */
export function shownVm(seen: Seen<ObservedVm> | undefined): Shown {
  if (!seen) return { state: 'unknown', word: 'unknown', detail: 'It was not looked at yet.' }
  if (seen.state === 'unknown') return { state: 'unknown', word: 'unknown', detail: seen.reason }
  if (seen.state === 'absent')
    return { state: 'hold', word: 'not made yet', detail: 'A deploy makes it.' }
  const { running, lock, pending, ioError } = seen.value
  // Proxmox calls it running all the same, whatever else is so.
  if (ioError)
    return {
      state: 'fail',
      word: 'frozen',
      detail: 'A write failed, as on a full storage: nothing runs in it until it is resumed.',
    }
  if (lock !== null)
    return { state: 'work', word: running ? 'running' : 'stopped', detail: `Locked: ${lock}.` }
  if (!running) return { state: 'hold', word: 'stopped', detail: null }
  if (pending.length > 0)
    return {
      state: 'warn',
      word: 'running',
      detail: `Waits for a restart: ${pending.join(', ')}.`,
    }
  return { state: 'ok', word: 'running', detail: null }
}

/** How it was when it was seen, for what was seen too long ago to be so still: never a good sign. */
export const whenLastSeen = (shown: Shown): Shown =>
  shown.state === 'unknown'
    ? shown
    : { ...shown, state: 'unknown', word: `${shown.word} when last seen` }

/** Everything that is or should be on the hosts, as it was seen; `stale`: too long ago. The document's VMs first, strangers last. */
export function machineRows(
  topology: Topology,
  topologyId: string,
  observed: Observed | null,
  stale = false,
): MachineRow[] {
  const wanted = Object.keys(topology.vms ?? {}).map((id) =>
    wantedRow(topology, id, observed?.vms[id]),
  )
  const others = Object.entries(observed?.hosts ?? {}).flatMap(([host, seen]) =>
    seen.state === 'known'
      ? seen.value.guests.flatMap((guest) => otherRow(topology, topologyId, host, guest) ?? [])
      : [],
  )
  const order: Belongs[] = ['document', 'left', 'not-ours']
  return [...wanted, ...others]
    .map((row) => (stale ? { ...row, shown: whenLastSeen(row.shown) } : row))
    .toSorted((a, b) => order.indexOf(a.belongs) - order.indexOf(b.belongs))
}

function wantedRow(topology: Topology, id: string, seen: Seen<ObservedVm> | undefined): MachineRow {
  const vm = resolveVm(topology, id)
  const now = seen?.state === 'known' ? seen.value : null
  return {
    key: `vms/${id}`,
    vm: id,
    name: vm?.name ?? id,
    belongs: 'document',
    kind: 'VM',
    role: vm?.role ?? null,
    host: vm?.host ?? null,
    vmid: now?.vmid ?? vm?.vmid ?? null,
    address: vm?.nics.find((nic) => nic.address !== null)?.address ?? null,
    shown: shownVm(seen),
    cpuLoad: now?.cpuLoad ?? null,
    memoryUsedMib: now?.memoryUsedMib ?? null,
    memoryMib: now?.spec.memoryMib ?? vm?.memoryMib ?? null,
    diskGib: sum((now?.spec.disks ?? vm?.disks ?? []).map((disk) => disk.sizeGib)),
    uptimeS: now?.running ? now.uptimeS : null,
  }
}

/** A guest that is no VM of the document; null for one that is. */
function otherRow(
  topology: Topology,
  topologyId: string,
  host: string,
  guest: ObservedGuest,
): MachineRow | null {
  const marker = parseMarker(guest.marker)
  const ours = marker?.topologyId === topologyId
  if (ours && marker.kind === 'vms' && topology.vms?.[marker.id]) return null
  return {
    key: `${host}/${guest.vmid}`,
    vm: null,
    name: guest.name,
    belongs: ours ? (marker.kind === 'vms' ? 'left' : 'document') : 'not-ours',
    kind: guest.template ? 'template' : guest.kind === 'lxc' ? 'container' : 'VM',
    role: null,
    host,
    vmid: guest.vmid,
    address: null,
    shown: guest.running
      ? { state: 'ok', word: 'running', detail: null }
      : { state: 'hold', word: guest.template ? 'template' : 'stopped', detail: null },
    cpuLoad: null,
    memoryUsedMib: null,
    memoryMib: guest.memoryMib,
    diskGib: guest.diskGib,
    uptimeS: null,
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

/** The sentence that the machines page opens with. */
export function machinesSentence(rows: readonly MachineRow[], observed: Observed | null): string {
  if (observed === null) return 'The hosts were never looked at.'
  const ours = rows.filter((row) => row.vm !== null)
  const running = ours.filter((row) => row.shown.word === 'running').length
  const unknown = ours.filter((row) => row.shown.state === 'unknown').length
  const strangers = rows.filter((row) => row.belongs === 'not-ours').length
  const allUnknown = unknown > 0 && unknown === ours.length
  const parts = [
    allUnknown
      ? `Whether ${ours.length === 1 ? 'the VM of the drawing runs' : `the ${ours.length} VMs of the drawing run`} is not known now`
      : `${running} of ${ours.length} VMs of the drawing run`,
  ]
  if (unknown > 0 && !allUnknown) parts.push(`${unknown} unknown`)
  if (strangers > 0)
    parts.push(
      strangers === 1
        ? 'one other guest on these hosts is left alone'
        : `${strangers} other guests on these hosts are left alone`,
    )
  return `${parts.join(', ')}.`
}

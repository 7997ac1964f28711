import { findEntry, findPin } from '@/lib/catalogue/catalogue'
import type { Observed, Seen } from '@/lib/plan/observed'
import type { ResolvedVm } from '@/lib/topology/resolve'
import type { Topology, VmRole } from '@/lib/topology/topology'
import type { Group } from '@/lib/topology/what-if/what-if'
import type { Box, ItemKind } from './lens/box'
import { hueOf } from './lens/network-lens'
import type { Worst } from './problems-by-object'

/** What was seen of an item, as a shape: `ghost` is wanted only, `none` has nothing to be seen. */
export type ItemState = 'ok' | 'hold' | 'fail' | 'unknown' | 'ghost' | 'none'

/** A bar of a container: what is promised or used of what there is. */
export type Bar = { label: string; part: number; text: string }

/** Everything that a node shows. Flat and comparable, so that an unchanged item is not drawn again. */
export type ItemData = {
  kind: ItemKind
  /** Path of the object joined by `/`; empty for a mere grouping. */
  object: string
  title: string
  /** What is typed or copied: an address, a version. */
  code: string
  /** In words, for the full step and for assistive technology. */
  detail: string
  /** How many stand in it; empty where that says nothing. */
  note: string
  role: VmRole | ItemKind
  state: ItemState
  stateWords: string
  hue: number | null
  bars: readonly Bar[]
  problems: number
  worst: Worst | null
  /** What becomes of it in the What-if that the canvas shows; absent without one, and of mere groupings. */
  fate?: Group
  /** Who else changed it just now, in words; absent where nobody did. */
  fresh?: string
}

/** What describing needs beside the box, computed once per change. */
export type Scene = {
  topology: Topology
  observed: Observed | null
  /** It was seen too long ago to be shown as the present. */
  stale: boolean
  vms: ReadonlyMap<string, ResolvedVm>
  /** Sums of what VMs want, by host id. */
  promised: ReadonlyMap<string, Promised>
  problems: ReadonlyMap<string, { count: number; worst: Worst }>
}
export type Promised = {
  cpus: number
  memoryMib: number
  vms: number
  diskGib: Map<string, number>
}

/** Sums over the VMs of each host. */
export function promisedByHost(vms: Iterable<ResolvedVm>): Map<string, Promised> {
  const sums = new Map<string, Promised>()
  for (const vm of vms) {
    const host = vm.host ?? ''
    const sum = sums.get(host) ?? { cpus: 0, memoryMib: 0, vms: 0, diskGib: new Map() }
    sum.cpus += vm.cpus
    sum.memoryMib += vm.memoryMib
    sum.vms += 1
    for (const disk of vm.disks) {
      sum.diskGib.set(disk.storage, (sum.diskGib.get(disk.storage) ?? 0) + disk.sizeGib)
    }
    sums.set(host, sum)
  }
  return sums
}

type Described = Pick<ItemData, 'code' | 'detail'> & Partial<ItemData>

/** What the node of a box shows. */
export function toItemData(box: Box, scene: Scene): ItemData {
  const object = box.path.join('/')
  const found = scene.problems.get(object)
  const state = stateOf(box, scene)
  return {
    kind: box.kind,
    object,
    title: box.title,
    note: '',
    role: box.kind,
    hue: null,
    bars: NO_BARS,
    ...state,
    problems: found?.count ?? 0,
    worst: found?.worst ?? null,
    ...DESCRIBE[box.kind](box, scene),
  }
}

const NO_BARS: readonly Bar[] = []

const DESCRIBE: Record<ItemKind, (box: Box, scene: Scene) => Described> = {
  vm: describeVm,
  unmanaged: describeUnmanaged,
  host: describeHost,
  network: describeNetwork,
  storage: describeStorage,
  disk: describeDisk,
  cluster({ path }, { topology }) {
    const cluster = topology.clusters?.[path[1] ?? '']
    const nodes = (cluster?.controlPlanes.length ?? 0) + (cluster?.workers.length ?? 0)
    return {
      code: `Kubernetes ${cluster?.kubernetes ?? ''}`,
      detail: `${nodes} nodes, pods ${cluster?.podCidr ?? ''}, services ${cluster?.serviceCidr ?? ''}`,
    }
  },
  'add-on'({ path }, { topology }) {
    const cluster = topology.clusters?.[path[1] ?? '']
    const addOn = cluster?.addOns?.[path[3] ?? '']
    const entry = findEntry(path[3] ?? '')
    const pin = entry && cluster ? findPin(entry, cluster.kubernetes) : null
    return {
      code: addOn?.version ?? pin?.version ?? 'no version',
      detail:
        addOn?.enabled === false
          ? 'Switched off'
          : (addOn?.namespace ?? entry?.namespace ?? 'Add-on'),
    }
  },
  device({ path }, { topology }) {
    const [kind = '', id = ''] = path
    if (kind === 'ups') {
      const ups = topology.ups?.[id]
      const minutes = ups?.runtimeMin === undefined ? '' : `${ups.runtimeMin} min`
      return { code: minutes, detail: ups?.model ?? 'UPS' }
    }
    const device = kind === 'routers' ? topology.routers?.[id] : topology.switches?.[id]
    const uplink = kind === 'routers' ? topology.routers?.[id]?.uplinkMbit : undefined
    return {
      code: device?.address ?? '',
      detail: [
        device?.model ?? (kind === 'routers' ? 'Router' : 'Switch'),
        ...(uplink === undefined ? [] : [`${uplink.toLocaleString('en')} Mbit/s to the Internet`]),
      ].join(', '),
    }
  },
  service({ path }, { topology }) {
    const service = topology.services?.[path[1] ?? '']
    return { code: service?.url ?? service?.address ?? '', detail: service?.kind ?? 'Service' }
  },
  group: () => ({ code: '', detail: '' }),
}

function describeVm({ path }: Box, { vms }: Scene): Described {
  const vm = vms.get(path[1] ?? '')
  if (!vm) return { code: '', detail: '' }
  const address = vm.nics.find((nic) => nic.address !== null)?.address
  const disk = vm.disks.reduce((sum, { sizeGib }) => sum + sizeGib, 0)
  return {
    code: address ?? 'no address',
    detail: `${vm.cpus} vCPU, ${gib(vm.memoryMib)} GiB, ${disk} GiB disk`,
    role: vm.role,
  }
}

function describeUnmanaged({ path }: Box, { topology }: Scene): Described {
  const guest = topology.unmanaged?.[path[1] ?? '']
  const what = guest?.kind === 'lxc' ? 'Unmanaged container' : 'Unmanaged VM'
  const load = [
    guest?.cpus === undefined ? null : `${guest.cpus} vCPU`,
    guest?.memoryMib === undefined ? null : `${gib(guest.memoryMib)} GiB`,
  ].filter((each) => each !== null)
  return {
    code: guest?.addresses?.[0] ?? what,
    detail: [what, ...load].join(', '),
  }
}

function describeHost({ path }: Box, { topology, promised }: Scene): Described {
  const id = path[1] ?? ''
  const host = topology.hosts?.[id]
  const guests = Object.values(topology.unmanaged ?? {}).filter((guest) => guest.host === id)
  const total = (key: 'cpus' | 'memoryMib') =>
    guests.reduce((sum, guest) => sum + (guest[key] ?? 0), promised.get(id)?.[key] ?? 0)
  const bars: Bar[] = []
  if (promised.has(id) || guests.length > 0) {
    const [cpus, memoryMib] = [total('cpus'), total('memoryMib')]
    if (host?.cpuThreads) {
      const text = `${cpus} of ${host.cpuThreads} threads`
      bars.push({ label: 'vCPU', part: cpus / host.cpuThreads, text })
    }
    if (host?.memoryMib) {
      const text = `${gib(memoryMib)} of ${gib(host.memoryMib)} GiB`
      bars.push({ label: 'Memory', part: memoryMib / host.memoryMib, text })
    }
  }
  return {
    code: host?.address ?? '',
    detail: host?.model ?? (host?.role === 'panel' ? 'Runs this panel' : 'Proxmox host'),
    bars,
  }
}

function describeNetwork({ path }: Box, { topology, vms }: Scene): Described {
  const id = path[1] ?? ''
  let members = 0
  for (const vm of vms.values()) if (vm.nics.some(({ network }) => network === id)) members += 1
  const network = topology.networks?.[id]
  const beside = Object.values(topology.unmanaged ?? {}).filter(
    (guest) => guest.network === id,
  ).length
  return {
    code: network?.cidr ?? '',
    detail: network?.vlan === undefined ? 'untagged' : `VLAN ${network.vlan}`,
    note: `${members === 1 ? '1 VM' : `${members} VMs`}${beside > 0 ? `, ${beside} unmanaged` : ''}`,
    hue: hueOf(topology, id),
  }
}

function describeStorage({ path }: Box, { topology, promised }: Scene): Described {
  const [, host = '', , id = ''] = path
  const storage = topology.hosts?.[host]?.storages?.[id]
  const wanted = promised.get(host)?.diskGib.get(id) ?? 0
  const size = storage?.sizeGib
  return {
    code: storage?.kind ?? '',
    detail: storage?.content?.join(', ') ?? '',
    bars: size
      ? [{ label: 'Promised', part: wanted / size, text: `${wanted} of ${size} GiB` }]
      : NO_BARS,
  }
}

function describeDisk({ path }: Box, { vms }: Scene): Described {
  const disk = vms.get(path[1] ?? '')?.disks.find(({ id }) => id === path[3])
  if (!disk) return { code: '', detail: '' }
  const use = disk.use === null ? '' : `, ${disk.use}`
  return { code: `${disk.sizeGib} GiB`, detail: `${disk.kind} disk${use}` }
}

function stateOf(box: Box, scene: Scene): Pick<ItemData, 'state' | 'stateWords'> {
  const { state, stateWords } = seenStateOf(box, scene)
  const seen = state !== 'none' && state !== 'ghost' && state !== 'unknown'
  return scene.stale && seen
    ? { state: 'unknown', stateWords: `${stateWords} when last seen` }
    : { state, stateWords }
}

function seenStateOf(
  box: Box,
  { observed, topology }: Scene,
): Pick<ItemData, 'state' | 'stateWords'> {
  const id = box.path[1] ?? ''
  if (box.kind === 'unmanaged') {
    const { host = '', vmid } = topology.unmanaged?.[id] ?? {}
    const on = observed?.hosts[host]
    const seen =
      on?.state === 'known' ? on.value.guests.find((guest) => guest.vmid === vmid) : undefined
    if (!seen) return { state: 'none', stateWords: '' }
    return seen.running
      ? { state: 'ok', stateWords: 'running' }
      : { state: 'hold', stateWords: 'stopped' }
  }
  if (box.kind === 'vm') {
    return seenState(observed?.vms[id], ({ running, lock }) => {
      if (lock !== null) return ['hold', `locked (${lock})`]
      return running ? ['ok', 'running'] : ['hold', 'stopped']
    })
  }
  if (box.kind === 'host' && observed?.hosts[id]) {
    return seenState(observed.hosts[id], () => ['ok', 'answers'])
  }
  if (box.kind === 'cluster') {
    return seenState(observed?.clusters[id], ({ ready }) =>
      ready ? ['ok', 'ready'] : ['fail', 'not ready'],
    )
  }
  return { state: 'none', stateWords: '' }
}

function seenState<T>(
  seen: Seen<T> | undefined,
  known: (value: T) => [ItemState, string],
): Pick<ItemData, 'state' | 'stateWords'> {
  if (seen === undefined) return { state: 'ghost', stateWords: 'not built yet' }
  if (seen.state === 'unknown') return { state: 'unknown', stateWords: `unknown: ${seen.reason}` }
  if (seen.state === 'absent') return { state: 'ghost', stateWords: 'not built yet' }
  const [state, stateWords] = known(seen.value)
  return { state, stateWords }
}

/** MiB as GiB with at most one decimal. */
export function gib(mib: number): string {
  return String(Math.round((mib / 1024) * 10) / 10)
}

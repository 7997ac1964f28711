import { networkOf } from '@/lib/topology/ipam'
import type { Topology, Vm } from '@/lib/topology/topology'
import {
  type Box,
  BUS_HEIGHT,
  CARD,
  columnsFor,
  gridPoint,
  PITCH,
  type Sketch,
  type Tie,
} from './box'

const STUB = 28
const GAP = 36
const LABEL_WIDTH = 824
/** Home of what stands in no network yet. */
const NOWHERE = 'group/no-network'

type Member = Omit<Box, 'auto'>

/**
 * Networks as buses, one below the other in the document's order; what stands in a network hangs
 * below its bus. A VM hangs on the network of its first NIC and has a tie to each of its others.
 */
export function networkLens(topology: Topology): Sketch {
  const networks = Object.entries(topology.networks ?? {})
  const members = membersByNetwork(topology)
  const boxes: Box[] = []
  let y = 0
  for (const [id, network] of networks) {
    const path = ['networks', id]
    y = hang(boxes, members.get(id) ?? [], y, {
      id: path.join('/'),
      kind: 'network',
      path,
      title: network.name ?? id,
    })
  }
  const homeless = members.get(NOWHERE) ?? []
  if (homeless.length > 0) {
    hang(boxes, homeless, y, { id: NOWHERE, kind: 'group', path: [], title: 'No network yet' })
  }
  return { boxes, ties: tiesOf(topology) }
}

/** Index of a network's hue: its place in the document, kept as long as the order is. */
export function hueOf(topology: Topology, network: string): number {
  const index = Object.keys(topology.networks ?? {}).indexOf(network)
  return index < 0 ? 0 : index % 8
}

function hang(
  boxes: Box[],
  members: readonly Member[],
  y: number,
  bus: Pick<Box, 'id' | 'kind' | 'path' | 'title'>,
): number {
  const columns = columnsFor(members.length)
  const rows = Math.ceil(members.length / columns)
  boxes.push({
    ...bus,
    place: bus.id,
    size: { width: Math.max(LABEL_WIDTH, columns * PITCH.width - 8), height: BUS_HEIGHT },
    auto: { x: 0, y },
  })
  const origin = { x: 12, y: y + BUS_HEIGHT + STUB }
  members.forEach((member, n) => {
    boxes.push({
      ...member,
      place: `${bus.id}/${member.id}`,
      auto: gridPoint(n, columns, origin),
    })
  })
  return y + BUS_HEIGHT + (rows === 0 ? GAP : STUB + rows * PITCH.height)
}

function membersByNetwork(topology: Topology): Map<string, Member[]> {
  const members = new Map<string, Member[]>()
  const put = (network: string | undefined, member: Member) => {
    const home = network && topology.networks?.[network] ? network : NOWHERE
    const list = members.get(home)
    if (list) list.push(member)
    else members.set(home, [member])
  }
  for (const [id, host] of Object.entries(topology.hosts ?? {})) {
    put(host.network, card('host', ['hosts', id], host.name ?? id))
  }
  for (const [id, router] of Object.entries(topology.routers ?? {})) {
    put(homeOf(topology, router.address), card('device', ['routers', id], router.name ?? id))
  }
  for (const [id, vm] of Object.entries(topology.vms ?? {})) {
    put(firstNic(vm)?.network, card('vm', ['vms', id], vm.name ?? id))
  }
  // What only stands beside: drawn where it is known to stand, and nowhere else.
  for (const [id, guest] of Object.entries(topology.unmanaged ?? {})) {
    const network = standsIn(topology, guest.network, guest.addresses?.[0])
    if (network) put(network, card('unmanaged', ['unmanaged', id], guest.name ?? id))
  }
  for (const [id, service] of Object.entries(topology.services ?? {})) {
    const network = standsIn(topology, service.network, service.address)
    if (network) put(network, card('service', ['services', id], service.name ?? id))
  }
  return members
}

/** The network that something names or has its address in; null where the drawing does not tell. */
function standsIn(
  topology: Topology,
  network: string | undefined,
  address: string | undefined,
): string | null {
  const named = network ?? (address === undefined ? null : networkOf(topology, address))
  return named !== null && topology.networks?.[named] ? named : null
}

/** The network whose gateway has this address: where a router is at home. */
function homeOf(topology: Topology, address: string | undefined): string | undefined {
  if (address === undefined) return undefined
  return Object.entries(topology.networks ?? {}).find(([, { gateway }]) => gateway === address)?.[0]
}

function card(kind: Box['kind'], path: string[], title: string): Member {
  const id = path.join('/')
  return { id, kind, path, place: id, title, size: CARD }
}

/** The NIC that says where a VM is at home, null without one. */
export function firstNic(vm: Vm) {
  return Object.values(vm.nics ?? {})[0] ?? null
}

function tiesOf(topology: Topology): Tie[] {
  const hues = new Map(Object.keys(topology.networks ?? {}).map((id, n) => [id, n % 8]))
  const tie = (from: string, network: string | undefined, label: string): Tie[] =>
    network === undefined || !hues.has(network)
      ? []
      : [
          {
            id: `${from}>${label}`,
            from,
            to: `networks/${network}`,
            hue: hues.get(network) ?? 0,
            label,
          },
        ]
  return [
    ...Object.entries(topology.hosts ?? {}).flatMap(([id, host]) =>
      tie(`hosts/${id}`, host.network, 'management'),
    ),
    ...Object.entries(topology.routers ?? {}).flatMap(([id, { address }]) =>
      tie(`routers/${id}`, homeOf(topology, address), 'gateway'),
    ),
    ...Object.entries(topology.unmanaged ?? {}).flatMap(([id, { network, addresses }]) =>
      tie(`unmanaged/${id}`, standsIn(topology, network, addresses?.[0]) ?? undefined, 'unmanaged'),
    ),
    ...Object.entries(topology.services ?? {}).flatMap(([id, { network, address }]) =>
      tie(`services/${id}`, standsIn(topology, network, address) ?? undefined, 'service'),
    ),
    ...Object.entries(topology.vms ?? {}).flatMap(([id, vm]) =>
      Object.entries(vm.nics ?? {}).flatMap(([nic, { network }]) => tie(`vms/${id}`, network, nic)),
    ),
  ]
}

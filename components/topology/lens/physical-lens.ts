import type { Topology } from '@/lib/topology/topology'
import {
  type Box,
  CARD,
  columnsFor,
  extentOf,
  gridOf,
  gridPoint,
  PITCH,
  type Sketch,
  type Tie,
} from './box'

const HOST_HEAD = { width: 424, height: 104 }
const GAP = 40

/** Hosts as containers of their VMs, the boxes around them below, the cables between. */
export function physicalLens(topology: Topology): Sketch {
  const vms = Object.entries(topology.vms ?? {})
  const homes = new Set(Object.keys(topology.hosts ?? {}))
  const boxes: Box[] = []
  let x = 0
  let depth = 0
  const add = (box: Omit<Box, 'auto'>) => {
    boxes.push({ ...box, auto: { x, y: 0 } })
    const size = extentOf(box.size, box.children ?? [])
    x += size.width + GAP
    depth = Math.max(depth, size.height)
  }
  for (const [id, host] of Object.entries(topology.hosts ?? {})) {
    const own = vms.filter(([, vm]) => vm.host === id)
    add(container(['hosts', id], 'host', host.name ?? id, own))
  }
  const homeless = vms.filter(([, vm]) => vm.host === undefined || !homes.has(vm.host))
  if (homeless.length > 0) add(container([], 'group', 'No host yet', homeless))
  const devices = deviceCards(topology)
  devices.forEach((card, n) => {
    boxes.push({ ...card, auto: gridPoint(n, 6, { x: 0, y: depth + GAP }) })
  })
  return { boxes, ties: cables(topology) }
}

function container(
  path: string[],
  kind: 'host' | 'group',
  title: string,
  vms: [string, { name?: string | undefined }][],
): Omit<Box, 'auto'> {
  const id = path.length > 0 ? path.join('/') : 'group/no-host'
  const children = gridOf(
    vms.map(([vm, { name }]) => ({
      id: `vms/${vm}`,
      kind: 'vm' as const,
      path: ['vms', vm],
      place: `${id}/vms/${vm}`,
      title: name ?? vm,
      size: CARD,
    })),
    columnsFor(vms.length),
  ).map((box) => (kind === 'host' ? { ...box, auto: { ...box.auto, y: box.auto.y + 56 } } : box))
  const bare = { width: PITCH.width, height: kind === 'host' ? HOST_HEAD.height : 72 }
  return {
    id,
    kind,
    path,
    place: id,
    title,
    size: kind === 'host' && vms.length > 0 ? HOST_HEAD : bare,
    children,
  }
}

function deviceCards(topology: Topology): Omit<Box, 'auto'>[] {
  const cards = (['routers', 'switches', 'services'] as const).flatMap((kind) =>
    Object.entries(topology[kind] ?? {}).map(([id, device]) => ({ kind, id, device })),
  )
  return cards.map(({ kind, id, device }) => ({
    id: `${kind}/${id}`,
    kind: kind === 'services' ? ('service' as const) : ('device' as const),
    path: [kind, id],
    place: `${kind}/${id}`,
    title: device.name ?? id,
    size: CARD,
  }))
}

function cables(topology: Topology): Tie[] {
  const kinds = ['hosts', 'routers', 'switches'] as const
  return Object.entries(topology.switches ?? {}).flatMap(([id, { links }]) =>
    (links ?? []).flatMap((other) => {
      const kind = kinds.find((k) => topology[k]?.[other] !== undefined)
      if (kind === undefined) return []
      const from = `switches/${id}`
      return [{ id: `${from}>${other}`, from, to: `${kind}/${other}`, hue: null, label: 'cable' }]
    }),
  )
}

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

/** Hosts as containers of their guests, the boxes around them below, the cables between. */
export function physicalLens(topology: Topology): Sketch {
  const vms = Object.entries(topology.vms ?? {})
  const strangers = Object.entries(topology.unmanaged ?? {})
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
    const own = vms.filter(([, vm]) => vm.host === id).map(cardOf('vms', 'vm'))
    const guests = strangers.filter(([, guest]) => guest.host === id)
    const cards = [...own, ...guests.map(cardOf('unmanaged', 'unmanaged'))]
    add(container(['hosts', id], 'host', host.name ?? id, cards))
  }
  const homeless = vms.filter(([, vm]) => vm.host === undefined || !homes.has(vm.host))
  if (homeless.length > 0)
    add(container([], 'group', 'No host yet', homeless.map(cardOf('vms', 'vm'))))
  const devices = deviceCards(topology)
  devices.forEach((card, n) => {
    boxes.push({ ...card, auto: gridPoint(n, 6, { x: 0, y: depth + GAP }) })
  })
  return { boxes, ties: cables(topology) }
}

type GuestCard = Pick<Box, 'kind' | 'path' | 'title'>

const cardOf =
  (collection: 'vms' | 'unmanaged', kind: Box['kind']) =>
  ([id, { name }]: [string, { name?: string | undefined }]): GuestCard => ({
    ...{ kind, path: [collection, id], title: name ?? id },
  })

function container(
  path: string[],
  kind: 'host' | 'group',
  title: string,
  cards: readonly GuestCard[],
): Omit<Box, 'auto'> {
  const id = path.length > 0 ? path.join('/') : 'group/no-host'
  const children = gridOf(
    cards.map((card) => ({
      ...card,
      id: card.path.join('/'),
      place: `${id}/${card.path.join('/')}`,
      size: CARD,
    })),
    columnsFor(cards.length),
  ).map((box) => (kind === 'host' ? { ...box, auto: { ...box.auto, y: box.auto.y + 56 } } : box))
  const bare = { width: PITCH.width, height: kind === 'host' ? HOST_HEAD.height : 72 }
  return {
    id,
    kind,
    path,
    place: id,
    title,
    size: kind === 'host' && cards.length > 0 ? HOST_HEAD : bare,
    children,
  }
}

function deviceCards(topology: Topology): Omit<Box, 'auto'>[] {
  const cards = (['routers', 'switches', 'ups', 'services'] as const).flatMap((kind) =>
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

/** What hangs on which switch, by its list or port by port, and on which UPS; each pair once. */
function cables(topology: Topology): Tie[] {
  const kinds = ['hosts', 'routers', 'switches'] as const
  const ties = new Map<string, Tie>()
  const add = (from: string, other: string, label: string) => {
    const kind = kinds.find((k) => topology[k]?.[other] !== undefined)
    if (kind === undefined) return
    const to = `${kind}/${other}`
    if (!ties.has(`${to}>${from}`)) ties.set(`${from}>${to}`, tie(from, to, label))
  }
  for (const [id, { links, portMap }] of Object.entries(topology.switches ?? {})) {
    const others = [...(links ?? []), ...Object.values(portMap ?? {}).flatMap(({ to }) => to ?? [])]
    for (const other of others) add(`switches/${id}`, other, 'cable')
  }
  for (const [id, { feeds }] of Object.entries(topology.ups ?? {}))
    for (const other of feeds ?? []) add(`ups/${id}`, other, 'power')
  return [...ties.values()]
}

const tie = (from: string, to: string, label: string): Tie => ({
  ...{ id: `${from}>${to.split('/').slice(1).join('/')}`, from, to, hue: null, label },
})

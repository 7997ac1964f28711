import { listed } from '../rules/rule'
import type { Topology } from '../topology'
import { type DataLoss, dataLosses } from './data-loss'
import type { Dependencies } from './dependencies'
import type { Thing, ThingId, ThingKind } from './graph'
import { storageThing } from './machine-dependencies'
import { chainsOf, type Step } from './reasons'
import { type Repair, repairOf } from './repair'
import { type Restarts, restartsOf } from './restarts'
import { sentenceOf } from './sentence'
import { type Cause, type Fates, settle } from './settle'
import { cutWays } from './wiring'

/**
 * What is supposed to happen. `dies`: things by their path in the document, all at once.
 * `maintenance`: a host is emptied as far as Proxmox can and then switched off; no data is in danger.
 */
export type WhatIfEvent =
  | { kind: 'dies'; things: readonly ThingId[] }
  | { kind: 'maintenance'; host: string }

export type Group = 'stops' | 'restarts' | 'degrades' | 'survives'

/** What becomes of one thing that a person knows. */
export type Item = {
  thing: Thing
  group: Exclude<Group, 'survives'>
  /** Of what stops: it runs on and nobody reaches it. */
  cutOff: boolean
  /** Taken by the event itself. */
  struck: boolean
  /** One chain of reasons per thing that it lost, each from itself to what the event took. */
  chains: Step[][]
}

export type Outcome = {
  event: WhatIfEvent
  /** "pve1 dies". */
  title: string
  /** Everything that matters in one sentence. */
  sentence: string
  /** What stops, restarts or degrades, in the document's order. Disks of VMs are told with their VM. */
  items: readonly Item[]
  /** Found when asked for, as is the repair: a table of all objects asks for neither. */
  readonly survivors: readonly Thing[]
  data: readonly DataLoss[]
  restarts: Restarts | null
  readonly repair: Repair
  /** How bad it is, to sort by: weighed by kind, 0 if nobody notices. */
  damage: number
  /** State of any thing, also those that no list shows. */
  groupOf: (id: ThingId) => Group
}

/** What a person sees as an object of its own. */
const SHOWN = (kind: ThingKind) => kind !== 'hidden' && kind !== 'vm-disk'

/** What an event does to everything else. Things that are not in the document are passed over. */
export function whatIf(dependencies: Dependencies, event: WhatIfEvent): Outcome {
  const { graph } = dependencies
  const struck = struckBy(dependencies, event)
  const fates = fatesOf(dependencies, struck)
  const items = itemsOf(dependencies, fates, struck)
  const taken = new Set(struck.keys())
  const data = event.kind === 'maintenance' ? [] : dataLosses(dependencies, fates, taken)
  const restarts = restartsOf(dependencies.topology, fates)
  const told = { title: titleOf(dependencies, event), items, data, restarts }
  return {
    event,
    ...told,
    sentence: sentenceOf({ ...told, graph }),
    get survivors() {
      return [...graph.things.values()].filter(({ id, kind }) => SHOWN(kind) && !fates.has(id))
    },
    get repair() {
      return repairOf(dependencies, fates)
    },
    damage: damageOf(items, data),
    groupOf: (id) => fates.get(thingAt(dependencies.topology, id))?.state ?? 'survives',
  }
}

/** What is touched, in the document's order. */
function itemsOf(
  { graph }: Dependencies,
  fates: Fates,
  struck: ReadonlyMap<ThingId, Cause>,
): Item[] {
  return [...fates]
    .flatMap(([id, fate]): Item[] => {
      const thing = graph.things.get(id)
      if (!thing || !SHOWN(thing.kind)) return []
      const cutOff = fate.state === 'stops' && fate.how === 'cut-off'
      const chains = chainsOf(graph, fates, id)
      return [{ thing, group: fate.state, cutOff, struck: struck.has(id), chains }]
    })
    .sort((a, b) => a.thing.order - b.thing.order)
}

/**
 * Follows the cables between two looks at the rest, because what is cut off is found on the whole
 * drawing, until no more is: a router may be a VM of a host that is cut off.
 */
function fatesOf({ graph, wiring }: Dependencies, struck: ReadonlyMap<ThingId, Cause>): Fates {
  let fates = settle(graph, struck)
  if (wiring === null) return fates
  for (let before = -1; ; ) {
    const cut = cutWays(wiring, goneEquipment(fates), (id) => graph.things.get(id)?.name ?? id)
    if (cut.size <= before || cut.size === 0) return fates
    before = cut.size
    fates = settle(graph, new Map([...struck, ...cut]))
  }
}

const goneEquipment = (fates: Fates): Set<ThingId> =>
  new Set(
    [...fates].flatMap(([id, fate]) =>
      fate.state === 'stops' && /^(switches|routers)\//.test(id) ? [id] : [],
    ),
  )

function struckBy({ topology }: Dependencies, event: WhatIfEvent): Map<ThingId, Cause> {
  if (event.kind === 'maintenance') {
    return new Map([[`hosts/${event.host}`, { why: 'leaves for maintenance', by: [] }]])
  }
  return new Map(event.things.map((id) => [thingAt(topology, id), { why: 'dies', by: [] }]))
}

/** The thing at a path: a shared storage is one, whichever host it is named with. */
export function thingAt(topology: Topology, id: ThingId): ThingId {
  const [kind, host = '', part, storage] = id.split('/')
  return kind === 'hosts' && part === 'storages' && storage !== undefined
    ? storageThing(topology, host, storage)
    : id
}

function titleOf({ topology, graph }: Dependencies, event: WhatIfEvent): string {
  const nameOf = (id: ThingId) =>
    graph.things.get(thingAt(topology, id))?.name ?? id.split('/').at(-1) ?? id
  if (event.kind === 'maintenance') return `${nameOf(`hosts/${event.host}`)} leaves for maintenance`
  return `${listed(event.things.map(nameOf))} ${event.things.length === 1 ? 'dies' : 'die'}`
}

/** What a thing of each kind is worth when it stops. */
const WORTH: Record<ThingKind, number> = {
  cluster: 50,
  panel: 25,
  api: 25,
  service: 15,
  vm: 10,
  unmanaged: 8,
  host: 5,
  'add-on': 2,
  chart: 2,
  manifest: 1,
  network: 3,
  storage: 1,
  disk: 1,
  switch: 1,
  router: 1,
  ups: 1,
  site: 1,
  'vm-disk': 0,
  hidden: 0,
}

/** What the event itself took counts little: it is what follows that makes one loss worse than another. */
function damageOf(items: readonly Item[], data: readonly DataLoss[]): number {
  let sum = 0
  for (const { thing, group, cutOff, struck } of items) {
    const worth = struck ? 1 : WORTH[thing.kind]
    sum += group === 'stops' ? worth * (cutOff ? 0.8 : 1) : group === 'restarts' ? worth * 0.3 : 1
  }
  for (const { fate, copy } of data) {
    sum += fate === 'lost' ? (copy === 'none' ? 60 : 20) : copy === 'none' ? 20 : 5
  }
  return Math.round(sum * 10) / 10
}

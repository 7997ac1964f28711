import { listed } from '../rules/rule'
import type { DataLoss } from './data-loss'
import type { Graph, Thing, ThingKind } from './graph'
import type { Restarts } from './restarts'
import type { Group, Item } from './what-if'

type Told = {
  title: string
  items: readonly Item[]
  graph: Graph
  data: readonly DataLoss[]
  restarts: Restarts | null
}

/** "pve1 dies: all 8 VMs and cluster dark-knight stop; nothing survives; the data of nfs-storage has no other copy." */
export function sentenceOf(told: Told): string {
  const parts = [stopsPart(told), restartsPart(told), degradesPart(told), survivesPart(told)]
  return `${told.title}: ${[...parts, ...dataParts(told.data)].filter(Boolean).join('; ')}.`
}

const isGuest = (kind: ThingKind) => kind === 'vm' || kind === 'unmanaged'

/** How many VMs there are in a group, of all: "all 8 VMs", "3 of 8 VMs", the name of a single one. */
function guestWords(some: readonly Thing[], total: number): string {
  if (some.length === 0) return ''
  if (some.length === total && total > 1) return `all ${total} VMs`
  return some.length === 1 ? `VM ${some[0]!.name}` : `${some.length} of ${total} VMs`
}

const totalOf = ({ graph }: Told) => graph.guests.length

/** What matters beside VMs, the title's own things left out; an API only where its cluster goes on. */
function othersOf(told: Told, group: Group, cutOff?: boolean): string[] {
  const inGroup = told.items.filter(
    (item) =>
      item.group === group && !item.struck && (cutOff === undefined || item.cutOff === cutOff),
  )
  const named = (kind: ThingKind, word: string) =>
    inGroup.filter(({ thing }) => thing.kind === kind).map(({ thing }) => `${word}${thing.name}`)
  const down = new Set(
    told.items.flatMap(({ thing, group }) =>
      thing.kind === 'cluster' && group === 'stops' ? [`API of ${thing.name}`] : [],
    ),
  )
  const clusters = named('cluster', 'cluster ')
  const apis = inGroup
    .filter(({ thing }) => thing.kind === 'api' && !down.has(thing.name))
    .map(({ thing }) => `the ${thing.name}`)
  return [
    ...named('host', ''),
    ...clusters,
    ...apis,
    ...named('service', 'service '),
    ...(inGroup.some(({ thing }) => thing.kind === 'panel') ? ['the panel'] : []),
    // What runs in a cluster that stops goes without saying.
    ...(down.size > 0 ? [] : named('add-on', '')),
  ]
}

function stopsPart(told: Told): string {
  const guests = (cutOff: boolean) =>
    told.items.filter(
      (item) => item.group === 'stops' && isGuest(item.thing.kind) && item.cutOff === cutOff,
    )
  const clause = (cutOff: boolean): string => {
    // The title has named it already.
    const taken = guests(cutOff)
    const own = taken.length === 1 && taken[0]!.struck ? [] : taken.map(({ thing }) => thing)
    const all = [guestWords(own, totalOf(told)), ...othersOf(told, 'stops', cutOff)].filter(Boolean)
    if (all.length === 0) return ''
    const many = all.length > 1 || own.length > 1
    const verb = cutOff
      ? many
        ? 'run on and are reached by nobody'
        : 'runs on and is reached by nobody'
      : many
        ? 'stop'
        : 'stops'
    return `${listed(all, 6)} ${verb}`
  }
  return [clause(false), clause(true)].filter(Boolean).join('; ') || 'nothing else stops'
}

function restartsPart(told: Told): string {
  const { restarts } = told
  if (restarts === null) return ''
  const moved = told.items.filter(({ group }) => group === 'restarts').map(({ thing }) => thing)
  const verb = moved.length === 1 ? 'restarts' : 'restart'
  const fit = restarts.fits === false ? ', where their memory does not fit' : ''
  return `${guestWords(moved, totalOf(told))} ${verb} on other hosts${fit}`
}

function degradesPart(told: Told): string {
  const guests = told.items.filter(
    ({ group, thing }) => group === 'degrades' && isGuest(thing.kind),
  )
  const own = guestWords(
    guests.map(({ thing }) => thing),
    totalOf(told),
  )
  const all = [own, ...othersOf(told, 'degrades')].filter(Boolean)
  if (all.length === 0) return ''
  return `${listed(all, 6)} ${all.length > 1 || guests.length > 1 ? 'degrade' : 'degrades'}`
}

function survivesPart(told: Told): string {
  const touched = new Set(told.items.map(({ thing }) => thing.id))
  const left = told.graph.guests.filter(({ id }) => !touched.has(id))
  const total = totalOf(told)
  if (total === 0) return ''
  const goesOn = told.items.some(({ group, thing }) => group !== 'stops' && isGuest(thing.kind))
  const reached = told.items.some(({ cutOff, thing }) => cutOff && isGuest(thing.kind))
  if (left.length === 0) return goesOn || reached ? '' : 'nothing survives'
  if (left.length === total) return total === 1 ? 'the VM goes on' : `all ${total} VMs go on`
  return left.length === 1 ? `VM ${left[0]!.name} goes on` : `${left.length} VMs go on`
}

function dataParts(data: readonly DataLoss[]): string[] {
  const names = (copy: DataLoss['copy'], fate: DataLoss['fate']) => [
    ...new Set(
      data.filter((each) => each.copy === copy && each.fate === fate).map(({ name }) => name),
    ),
  ]
  const clause = (all: string[], one: string, many: string) =>
    all.length === 0
      ? ''
      : `${listed(all)} ${all.length > 1 || /volumes/.test(all[0]!) ? many : one}`
  return [
    clause(
      names('none', 'lost'),
      'is lost, it has no other copy',
      'are lost, there is no other copy',
    ),
    clause(names('none', 'out-of-reach'), 'has no other copy', 'have no other copy'),
    clause(names('backup', 'lost'), 'comes back from its backup', 'come back from their backups'),
    clause(
      names('backup', 'out-of-reach'),
      'is in its backup alone meanwhile',
      'are in their backups alone meanwhile',
    ),
  ]
}

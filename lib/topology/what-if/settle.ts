import type { Graph, Requirement, ThingId } from './graph'

/** Why one thing is not what it was. */
export type Cause = {
  /** In words that follow its name. */
  why: string
  /** Those that are gone and that it stood on; empty for what the event itself took. */
  by: readonly ThingId[]
}

export type Fate =
  | { state: 'stops'; how: 'down' | 'cut-off'; cause: Cause }
  /** Started again on another host. */
  | { state: 'restarts'; causes: readonly Cause[] }
  | { state: 'degrades'; causes: readonly Cause[] }

/** What changes when things go. Whatever is not in it goes on as before. */
export type Fates = ReadonlyMap<ThingId, Fate>

/**
 * Lets things go and follows what stood on them until nothing changes. Only what is touched is
 * looked at. Things only ever stop, so the end does not depend on the order, and whoever loses more
 * never keeps more.
 */
export function settle(graph: Graph, struck: ReadonlyMap<ThingId, Cause>): Fates {
  const fates = new Map<ThingId, Fate>()
  for (const [id, cause] of struck) {
    if (graph.things.has(id)) fates.set(id, { state: 'stops', how: 'down', cause })
  }
  const stopped = spread(graph, fates)
  for (const id of touchedBy(graph, stopped)) {
    if (fates.has(id)) continue
    const fate = weakened(graph, id, fates)
    if (fate) fates.set(id, fate)
  }
  return fates
}

/** Wave by wave, so that a chain of reasons is as short as it can be. Answers all that stopped. */
function spread(graph: Graph, fates: Map<ThingId, Fate>): ThingId[] {
  const all = [...fates.keys()]
  let wave = all
  while (wave.length > 0) {
    const next: [ThingId, Fate][] = []
    for (const id of touchedBy(graph, wave)) {
      if (fates.has(id)) continue
      const fate = stopOf(graph, id, fates)
      if (fate) next.push([id, fate])
    }
    for (const [id, fate] of next) fates.set(id, fate)
    wave = next.map(([id]) => id)
    all.push(...wave)
  }
  return all
}

function touchedBy({ dependents }: Graph, ids: readonly ThingId[]): Set<ThingId> {
  const touched = new Set<ThingId>()
  for (const id of ids) for (const holder of dependents.get(id) ?? []) touched.add(holder)
  return touched
}

type Stopped = ReadonlyMap<ThingId, Fate>
const isGone = (fates: Stopped, id: ThingId) => fates.get(id)?.state === 'stops'

/** Why a thing stops, null if what is left is enough. What takes it down counts before what cuts it off. */
function stopOf(graph: Graph, id: ThingId, fates: Stopped): Fate | null {
  let cut: Fate | null = null
  for (const requirement of graph.needs.get(id) ?? []) {
    const gone = requirement.of.filter((each) => isGone(fates, each))
    const left = requirement.of.length - gone.length
    if (requirement.else !== 'stops' || left >= requirement.atLeast) continue
    const cause = { why: requirement.why(namesOf(graph, gone), left), by: gone }
    const fate: Fate = { state: 'stops', how: howOf(requirement, gone, fates), cause }
    if (fate.how === 'down') return fate
    cut ??= fate
  }
  return cut
}

/** Cut off, if only that befell enough of those it stood on; down, otherwise. */
function howOf(
  { cuts, of, atLeast }: Requirement,
  gone: readonly ThingId[],
  fates: Stopped,
): 'down' | 'cut-off' {
  if (cuts) return 'cut-off'
  const down = gone.filter((id) => {
    const fate = fates.get(id)
    return fate?.state === 'stops' && fate.how === 'down'
  })
  return of.length - down.length >= atLeast ? 'cut-off' : 'down'
}

/** What a thing that goes on has lost; null if nobody notices. */
function weakened(graph: Graph, id: ThingId, fates: Stopped): Fate | null {
  const causes: Cause[] = []
  let moved = false
  for (const requirement of graph.needs.get(id) ?? []) {
    const gone = requirement.of.filter((each) => isGone(fates, each))
    if (gone.length === 0) continue
    const left = requirement.of.length - gone.length
    const enough = left >= requirement.atLeast
    if (requirement.moves && isGone(fates, requirement.of[0]!)) {
      moved = true
      causes.push({ why: requirement.why(namesOf(graph, gone), left), by: gone })
      continue
    }
    // Who could take over is missed when nobody is left to.
    if (requirement.moves && left > 1) continue
    const say = enough ? requirement.spare : requirement.why
    if (say) causes.push({ why: say(namesOf(graph, gone), left), by: gone })
  }
  if (moved) return { state: 'restarts', causes }
  return causes.length > 0 ? { state: 'degrades', causes } : null
}

const namesOf = ({ things }: Graph, ids: readonly ThingId[]) =>
  ids.map((id) => things.get(id)?.name ?? id)

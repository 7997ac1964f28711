import type { Graph, Thing, ThingId } from './graph'
import type { Cause, Fate, Fates } from './settle'

/** One step of a chain of reasons: `why` follows the name. */
export type Step = { thing: Thing; why: string }

/**
 * From a thing that stopped to what the event took: "k8s-master-1 runs on pve1", "pve1 dies". Things
 * that only pass on what befell another of the same name are left out.
 */
export function chainOf(graph: Graph, fates: Fates, id: ThingId): Step[] {
  const fate = fates.get(id)
  return fate?.state === 'stops' ? chainFrom(graph, fates, id, fate.cause) : []
}

/** The same for each thing that one lost and does not stop by. */
export function chainsOf(graph: Graph, fates: Fates, id: ThingId): Step[][] {
  const fate = fates.get(id)
  if (!fate) return []
  const causes = fate.state === 'stops' ? [fate.cause] : fate.causes
  return causes.map((cause) => chainFrom(graph, fates, id, cause))
}

function chainFrom(graph: Graph, fates: Fates, id: ThingId, cause: Cause): Step[] {
  const steps: Step[] = []
  const seen = new Set<ThingId>()
  let at: { id: ThingId; cause: Cause } | null = { id, cause }
  while (at && !seen.has(at.id)) {
    seen.add(at.id)
    const thing = graph.things.get(at.id)
    if (thing && !(thing.kind === 'hidden' && at.cause.why === PASSED_ON)) {
      steps.push({ thing, why: at.cause.why })
    }
    const next: ThingId | undefined = at.cause.by.find((each) => fates.get(each)?.state === 'stops')
    const fate: Fate | undefined = next === undefined ? undefined : fates.get(next)
    at = next !== undefined && fate?.state === 'stops' ? { id: next, cause: fate.cause } : null
  }
  return steps
}

/** What a thing says that has no reason of its own. */
export const PASSED_ON = 'is gone'

/** What the event took that a thing stopped by; null if it did not stop. */
export function rootOf(fates: Fates, id: ThingId): ThingId | null {
  const seen = new Set<ThingId>()
  let at = id
  for (;;) {
    const fate = fates.get(at)
    if (fate?.state !== 'stops' || seen.has(at)) return null
    seen.add(at)
    const next = fate.cause.by.find((each) => fates.get(each)?.state === 'stops')
    if (next === undefined) return at
    at = next
  }
}

import type { Dependencies } from './dependencies'
import type { Thing, ThingKind } from './graph'
import { type Outcome, whatIf } from './what-if'

/** One object and what happens without it. */
export type SinglePoint = { thing: Thing; sentence: string; damage: number; stops: number }

/** Kinds that can die on their own. A manifest or an add-on is no failure domain. */
export const CAN_DIE: ReadonlySet<ThingKind> = new Set<ThingKind>([
  'site',
  'ups',
  'host',
  'disk',
  'storage',
  'switch',
  'router',
  'network',
  'vm',
  'unmanaged',
  'service',
])

/** Everything that can die, the worst first; equal ones in the document's order. */
export function singlePoints(dependencies: Dependencies): SinglePoint[] {
  return [...dependencies.graph.things.values()]
    .filter(({ kind }) => CAN_DIE.has(kind))
    .map((thing) =>
      toSinglePoint(thing, whatIf(dependencies, { kind: 'dies', things: [thing.id] })),
    )
    .sort((a, b) => b.damage - a.damage)
}

const toSinglePoint = (thing: Thing, { sentence, damage, items }: Outcome): SinglePoint => ({
  thing,
  sentence,
  damage,
  stops: items.filter(({ group, struck }) => group === 'stops' && !struck).length,
})

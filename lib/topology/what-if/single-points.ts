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

/** Beyond so many, guests that nothing stands on are left out: each would be one line about itself. */
const MOST = 1000

/** Everything that can die, the worst first; equal ones in the document's order. */
export function singlePoints(dependencies: Dependencies): SinglePoint[] {
  const { things, dependents } = dependencies.graph
  const mortal = [...things.values()].filter(({ kind }) => CAN_DIE.has(kind))
  const alone = ({ id, kind }: Thing) =>
    (kind === 'vm' || kind === 'unmanaged') && !dependents.has(id)
  return (mortal.length > MOST ? mortal.filter((thing) => !alone(thing)) : mortal)
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

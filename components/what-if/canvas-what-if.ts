import { useMemo } from 'react'
import type { Topology } from '@/lib/topology/topology'
import type { Dependencies } from '@/lib/topology/what-if/dependencies'
import type { ThingId } from '@/lib/topology/what-if/graph'
import { CAN_DIE } from '@/lib/topology/what-if/single-points'
import { type Group, type Outcome, whatIf } from '@/lib/topology/what-if/what-if'
import { readDependencies } from './dependencies-of'

/** What the canvas shows while it is asked what happens without the selected object. */
export type CanvasWhatIf =
  | { kind: 'asking'; why: string }
  | {
      kind: 'answer'
      object: ThingId
      outcome: Outcome
      /** What becomes of an object of the canvas, by its path joined by `/`. */
      groupOf: (object: string) => Group
    }

/** Why an object of the canvas cannot be asked for, null if it can. A VM's disk may fail on its own. */
export function whyNotAsked(
  dependencies: Dependencies,
  path: readonly string[] | null,
): string | null {
  if (path === null) return 'Select a host, a disk, a network, a VM or a service first.'
  const thing = dependencies.graph.things.get(path.join('/'))
  if (thing && (CAN_DIE.has(thing.kind) || thing.kind === 'vm-disk')) return null
  return `${path.at(-1)} does not fail on its own - select what it stands on.`
}

/** The answer for the selected object of a document, saved or not. */
export function canvasWhatIf(topology: Topology, path: readonly string[] | null): CanvasWhatIf {
  const dependencies = readDependencies(topology)
  const why = whyNotAsked(dependencies, path)
  if (why !== null || path === null) return { kind: 'asking', why: why ?? '' }
  const object = path.join('/')
  const outcome = whatIf(dependencies, { kind: 'dies', things: [object] })
  return { kind: 'answer', object, outcome, groupOf: (id) => groupOnCanvas(outcome, id) }
}

/** A disk of a VM goes with its VM, and a cluster without its API is not as it was. */
function groupOnCanvas(outcome: Outcome, object: string): Group {
  const [kind, id, part] = object.split('/')
  const own = outcome.groupOf(object)
  if (own !== 'survives' || kind !== 'vms' || part !== 'disks') return own
  return outcome.groupOf(`vms/${id}`)
}

/** The same, asked only while it is shown. */
export function useCanvasWhatIf(
  on: boolean,
  topology: Topology,
  path: readonly string[] | null,
): CanvasWhatIf | null {
  const key = path?.join('/') ?? null
  return useMemo(
    () => (on ? canvasWhatIf(topology, key === null ? null : key.split('/')) : null),
    [on, topology, key],
  )
}

import { applyChanges } from '../apply'
import type { Json } from '../change'
import type { Hold, Topology } from '../topology'

const isOn = (hold: Hold, path: readonly string[]) => hold.path.join('/') === path.join('/')

/** Leaves an object alone, from now until the end of a day or for good; takes the place of a hold that it has. */
export function hold(
  topology: Topology,
  { path, until, by, reason }: { path: string[]; until?: string; by: string; reason: string },
): Topology {
  const others = (topology.holds ?? []).filter((each) => !isOn(each, path))
  const made: Hold = { path, ...(until === undefined ? {} : { until }), by, reason }
  return applyChanges(topology, [{ path: ['holds'], to: [...others, made] as unknown as Json }])
}

/** Takes the hold on an object away, so that the next plan treats it like anything else. */
export function release(topology: Topology, { path }: { path: string[] }): Topology {
  return keepHolds(topology, (each) => !isOn(each, path))
}

/** Without the holds on an object that is removed, and on its parts. */
export const releaseBelow = (topology: Topology, path: readonly string[]): Topology =>
  keepHolds(topology, (each) => path.some((step, i) => each.path[i] !== step))

function keepHolds(topology: Topology, keep: (hold: Hold) => boolean): Topology {
  const kept = topology.holds?.filter(keep)
  if (kept === undefined || kept.length === topology.holds?.length) return topology
  return applyChanges(topology, [
    { path: ['holds'], ...(kept.length === 0 ? {} : { to: kept as unknown as Json }) },
  ])
}

import type { Topology } from '@/lib/topology/topology'
import { type Box, extentOf, type Lens, PITCH, type Point, type Sketch } from './box'
import { kubernetesLens } from './kubernetes-lens'
import { networkLens } from './network-lens'
import { physicalLens } from './physical-lens'
import { storageLens } from './storage-lens'

/** Positions of one lens by place key. */
export type Places = Readonly<Record<string, Point>>

const SKETCH: Record<Lens, (topology: Topology) => Sketch> = {
  network: networkLens,
  physical: physicalLens,
  kubernetes: kubernetesLens,
  storage: storageLens,
}

/** What a lens shows of a topology, each box with its automatic place. */
export function sketchOf(topology: Topology, lens: Lens): Sketch {
  return SKETCH[lens](topology)
}

/**
 * Places for every box of a lens: those that have one keep it, whatever else changed; a new box goes
 * to its automatic place, or to the right of it until it covers no neighbour. Places of boxes that
 * are gone stay, so that undo brings them back to where they were.
 */
export function settle(topology: Topology, lens: Lens, kept: Places): Places {
  const { boxes } = sketchOf(topology, lens)
  const first = Object.keys(kept).length === 0
  const places: Record<string, Point> = { ...kept }
  let added = false
  const visit = (siblings: readonly Box[]) => {
    const taken: Box[] = siblings.filter(({ place }) => places[place] !== undefined)
    for (const box of siblings) {
      if (places[box.place] === undefined) {
        added = true
        places[box.place] = first ? box.auto : freePoint(box, taken, places)
        taken.push(box)
      }
      visit(box.children ?? [])
    }
  }
  visit(boxes)
  return added ? places : kept
}

/** Every box at its automatic place. */
export function tidyPlaces(topology: Topology, lens: Lens): Places {
  return settle(topology, lens, {})
}

function freePoint(box: Box, siblings: readonly Box[], places: Places): Point {
  const size = extentOf(box.size, box.children ?? [])
  const point = { ...box.auto }
  const covers = (other: Box) => {
    const at = places[other.place] ?? other.auto
    const extent = extentOf(other.size, other.children ?? [])
    return (
      point.x < at.x + extent.width &&
      at.x < point.x + size.width &&
      point.y < at.y + extent.height &&
      at.y < point.y + size.height
    )
  }
  while (siblings.some(covers)) point.x += PITCH.width
  return point
}

import type { Edge, Node } from '@xyflow/react'
import { type ItemData, type Scene, toItemData } from './item-data'
import { type Box, FULL_EXTRA, type Lens, PAD, type Size } from './lens/box'
import { type Places, sketchOf } from './lens/settle'

export type ItemNode = Node<ItemData, 'card' | 'container' | 'bus'>
export type TieEdge = Edge<{ hue: number | null; label: string }>
export type Flow = { nodes: ItemNode[]; edges: TieEdge[] }
/**
 * The canvas is a projection of the topology; nothing is ever read back from it. `places` moves
 * items, everything else stands where the lens puts it.
 */
export function toFlow(scene: Scene, lens: Lens, places: Places): Flow {
  const sketch = sketchOf(scene.topology, lens)
  const nodes: ItemNode[] = []
  for (const box of sketch.boxes) addNodes(nodes, box, null, scene, places)
  const ids = new Set(nodes.map(({ id }) => id))
  const edges = sketch.ties
    .filter(({ from, to }) => ids.has(from) && ids.has(to))
    .map(({ id, from, to, hue, label }): TieEdge => {
      const type = hue === null ? 'cable' : 'tap'
      return { id, type, source: from, target: to, data: { hue, label }, focusable: false }
    })
  return { nodes, edges }
}

/** Adds a box and its children, the container first, as React Flow asks. Answers its size. */
function addNodes(
  nodes: ItemNode[],
  box: Box,
  parent: Box | null,
  scene: Scene,
  places: Places,
): Size {
  const data = toItemData(box, scene)
  const node: ItemNode = {
    id: box.id,
    type: box.kind === 'network' ? 'bus' : box.children ? 'container' : 'card',
    position: places[box.place] ?? box.auto,
    data,
    width: box.size.width,
    height: box.size.height,
    ...(parent ? { parentId: parent.id } : {}),
    zIndex: parent ? 1 : 0,
  }
  nodes.push(node)
  let { width, height } = box.size
  for (const child of box.children ?? []) {
    const position = places[child.place] ?? child.auto
    const size = addNodes(nodes, child, box, scene, places)
    width = Math.max(width, position.x + size.width + PAD)
    height = Math.max(height, position.y + size.height + PAD + (child.children ? 0 : FULL_EXTRA))
  }
  node.width = width
  node.height = height
  return { width, height }
}

/** Place key of an item in a lens by its node id. */
export function placeKeys(topology: Scene['topology'], lens: Lens): Map<string, string> {
  const keys = new Map<string, string>()
  const visit = (box: Box) => {
    keys.set(box.id, box.place)
    box.children?.forEach(visit)
  }
  sketchOf(topology, lens).boxes.forEach(visit)
  return keys
}

/**
 * The same flow with every node that did not change taken from `before`, by identity, so that
 * React draws only what is new.
 */
export function keepUnchanged(before: Flow, after: Flow): Flow {
  const nodes = new Map(before.nodes.map((node) => [node.id, node]))
  const edges = new Map(before.edges.map((edge) => [edge.id, edge]))
  return {
    nodes: after.nodes.map((node) => {
      const old = nodes.get(node.id)
      return old && same(old, node) ? old : node
    }),
    edges: after.edges.map((edge) => {
      const old = edges.get(edge.id)
      return old && same(old, edge) ? old : edge
    }),
  }
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const left = Object.entries(a)
  const right = b as Record<string, unknown>
  return (
    left.length === Object.keys(right).length &&
    left.every(([key, value]) => same(value, right[key]))
  )
}

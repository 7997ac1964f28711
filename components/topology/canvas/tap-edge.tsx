import { BaseEdge, type EdgeProps, type InternalNode, useInternalNode } from '@xyflow/react'
import { memo } from 'react'
import type { ItemNode, TieEdge } from '../to-flow'

/** From an item straight to its bus, in the network's hue. */
export const TapEdge = memo(function TapEdge({ id, source, target, data }: EdgeProps<TieEdge>) {
  const from = useInternalNode<ItemNode>(source)
  const to = useInternalNode<ItemNode>(target)
  if (!from || !to) return null
  return (
    <BaseEdge
      id={id}
      path={tapPath(boxOf(from), boxOf(to))}
      style={{ stroke: `var(--net-${(data?.hue ?? 0) + 1})`, strokeWidth: 1.5 }}
    />
  )
})

/** A cable between two machines. */
export const CableEdge = memo(function CableEdge({ id, source, target }: EdgeProps<TieEdge>) {
  const from = useInternalNode<ItemNode>(source)
  const to = useInternalNode<ItemNode>(target)
  if (!from || !to) return null
  return (
    <BaseEdge
      id={id}
      path={tapPath(boxOf(from), boxOf(to))}
      style={{ stroke: 'var(--edge)', strokeWidth: 1.5 }}
    />
  )
})

type Rect = { x: number; y: number; width: number; height: number }

function boxOf(node: InternalNode<ItemNode>): Rect {
  const { x, y } = node.internals.positionAbsolute
  return { x, y, width: node.measured.width ?? 0, height: node.measured.height ?? 0 }
}

/** How far from its item a line turns. */
const TURN = 20

/**
 * From an item to what it hangs on: straight where one is above the other, with one corner close to
 * the item otherwise, and along the row between neighbours. Exported for its test.
 */
export function tapPath(from: Rect, to: Rect): string {
  const sameRow = Math.abs(from.y - to.y) < from.height / 2
  if (sameRow) {
    const y = Math.max(from.y, to.y) + Math.min(from.height, to.height) / 2
    return from.x < to.x
      ? `M ${from.x + from.width} ${y} H ${to.x}`
      : `M ${from.x} ${y} H ${to.x + to.width}`
  }
  const below = from.y >= to.y
  const centre = from.x + from.width / 2
  // A tap downwards leaves beside the one upwards.
  const x = below ? centre : centre + 24
  const end = Math.min(Math.max(x, to.x + 12), to.x + to.width - 12)
  const startY = below ? from.y : from.y + from.height
  const endY = below ? to.y + to.height : to.y
  if (end === x) return `M ${x} ${startY} V ${endY}`
  return `M ${x} ${startY} V ${below ? startY - TURN : startY + TURN} H ${end} V ${endY}`
}

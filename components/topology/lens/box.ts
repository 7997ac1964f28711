/** The views of one topology that the canvas can draw. */
export const LENSES = ['network', 'physical', 'kubernetes', 'storage'] as const
export type Lens = (typeof LENSES)[number]

export type Point = { x: number; y: number }
export type Size = { width: number; height: number }

/** What an item on the canvas stands for; also the name of its React Flow node type. */
export type ItemKind =
  | 'vm'
  | 'unmanaged'
  | 'host'
  | 'device'
  | 'service'
  | 'network'
  | 'cluster'
  | 'group'
  | 'add-on'
  | 'storage'
  | 'disk'

/**
 * One thing of a lens before it has a place. Containers hold `children`; their size follows from
 * where the children are. `path` leads to the object in the document, empty for a mere grouping.
 */
export type Box = {
  /** Unique within the lens: the path joined by `/`, or `group/...`. */
  id: string
  kind: ItemKind
  path: readonly string[]
  /**
   * Key of its stored position. It names the home as well, so that a VM which moves to another
   * network gets a new place there and finds its old one when it comes back.
   */
  place: string
  title: string
  size: Size
  /** Where it goes when nobody has moved it: relative to its container. */
  auto: Point
  children?: readonly Box[]
}

/** A line between two boxes of one lens. */
export type Tie = {
  id: string
  from: string
  to: string
  /** Index of the network hue, null for a plain link. */
  hue: number | null
  label: string
}

export type Sketch = { boxes: readonly Box[]; ties: readonly Tie[] }

export const CARD: Size = { width: 184, height: 56 }
/** Distance between the origins of neighbouring cards; the extra height is room for the full step. */
export const PITCH: Size = { width: 208, height: 112 }
export const PAD = 16
export const HEAD = 56
export const BUS_HEIGHT = 40
/** Cards grow by this much in the full zoom step; containers keep room for it. */
export const FULL_EXTRA = 44

/** Position of the n-th card in a grid of `columns`, from `origin`. */
export function gridPoint(n: number, columns: number, origin: Point): Point {
  return {
    x: origin.x + (n % columns) * PITCH.width,
    y: origin.y + Math.floor(n / columns) * PITCH.height,
  }
}

/** Columns for n cards: wide rather than tall, as screens are. */
export function columnsFor(n: number, least = 4): number {
  return Math.max(least, Math.ceil(Math.sqrt(n * 2)))
}

/** Boxes in one container: a grid below its head, in the given order. */
export function gridOf(boxes: readonly Omit<Box, 'auto'>[], columns: number): Box[] {
  return boxes.map((box, n) => ({ ...box, auto: gridPoint(n, columns, { x: PAD, y: HEAD }) }))
}

/** Containers one below the other, each with room for its children. */
export function stack(boxes: readonly Omit<Box, 'auto'>[], origin: Point, gap = 24): Box[] {
  let y = origin.y
  return boxes.map((box) => {
    const placed = { ...box, auto: { x: origin.x, y } }
    y += extentOf(box.size, box.children ?? []).height + gap
    return placed
  })
}

/** Size of a container around its children at their automatic places; at least `least`. */
export function extentOf(least: Size, children: readonly Box[]): Size {
  let { width, height } = least
  for (const child of children) {
    const size = extentOf(child.size, child.children ?? [])
    width = Math.max(width, child.auto.x + size.width + PAD)
    height = Math.max(height, child.auto.y + size.height + PAD + (child.children ? 0 : FULL_EXTRA))
  }
  return { width, height }
}

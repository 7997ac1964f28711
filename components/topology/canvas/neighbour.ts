import type { ItemNode } from '../to-flow'

export type Direction = 'left' | 'right' | 'up' | 'down'
export type Rect = { id: string; x: number; y: number; width: number; height: number }

const KEYS: Record<string, Direction> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
}

/** The direction that a key means, null for another key. */
export function directionOf(key: string): Direction | null {
  return KEYS[key] ?? null
}

/** Where each node stands on the canvas: positions of children are relative to their container. */
export function rectsOf(nodes: readonly ItemNode[]): Rect[] {
  const origins = new Map<string, { x: number; y: number }>()
  return nodes.map(({ id, parentId, position, width = 0, height = 0 }) => {
    const parent = parentId === undefined ? undefined : origins.get(parentId)
    const x = position.x + (parent?.x ?? 0)
    const y = position.y + (parent?.y ?? 0)
    origins.set(id, { x, y })
    return { id, x, y, width, height }
  })
}

/**
 * The nearest item in a direction, null where there is none. Sideways distance counts double, so
 * that an arrow rather stays in its row or column. Up and down also lead out of a container and in.
 */
export function neighbourOf(
  rects: readonly Rect[],
  from: string,
  direction: Direction,
): string | null {
  const start = rects.find(({ id }) => id === from)
  if (!start) return rects[0]?.id ?? null
  let best: { id: string; cost: number } | null = null
  for (const rect of rects) {
    if (rect.id === from) continue
    const cost = costOf(start, rect, direction)
    if (cost !== null && (best === null || cost < best.cost)) best = { id: rect.id, cost }
  }
  return best?.id ?? null
}

type Span = { start: number; end: number }

function costOf(from: Rect, to: Rect, direction: Direction): number | null {
  const sideways = direction === 'left' || direction === 'right'
  const [along, across] = sideways ? [xOf, yOf] : [yOf, xOf]
  const [a, b] = [along(from), along(to)]
  // A bus or a container is neither left nor right of what it holds.
  if (sideways && (spans(a, b) || spans(b, a))) return null
  const forward = direction === 'right' || direction === 'down'
  const distance = forward ? b.start - a.start : a.start - b.start
  if (distance <= 0) return null
  const [c, d] = [across(from), across(to)]
  const gap = Math.max(0, d.start - c.end, c.start - d.end)
  return distance + 2 * gap + Math.abs(d.start - c.start) / 10
}

const xOf = ({ x, width }: Rect): Span => ({ start: x, end: x + width })
const yOf = ({ y, height }: Rect): Span => ({ start: y, end: y + height })
const spans = (a: Span, b: Span) => a.start <= b.start && b.end <= a.end

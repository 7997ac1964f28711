import { type Document, isMap, isScalar, isSeq, type Node, type Pair, visit } from 'yaml'
import type { Json } from '../change'
import { isMap as isJsonMap, type JsonMap } from '../json'
import { childShape, keyOrder, type Shape } from '../shape'

/** Lists of scalars up to this many characters stand on one line. */
const FLOW_WIDTH = 80

/** A value as syntax, in the order and the style that documents are written in. */
export function toNode(document: Document, value: Json, shape: Shape): Node {
  const node = document.createNode(inOrder(value, shape), { aliasDuplicateObjects: false }) as Node
  visit(node, {
    Seq(_, seq) {
      const text = seq.items.map((item) => (isScalar(item) ? String(item.value) : null))
      const width = text.reduce(
        (sum, each) => sum + (each === null ? FLOW_WIDTH : each.length + 2),
        0,
      )
      if (width <= FLOW_WIDTH) seq.flow = true
    },
  })
  return node
}

/** The value with the fields of each object in the schema's order; maps by id keep their own. */
export function inOrder(value: Json, shape: Shape): Json {
  if (!isJsonMap(value)) return value
  const order = keyOrder(shape)
  const keys = order ? sortKeys(Object.keys(value), order) : Object.keys(value)
  const result: JsonMap = {}
  for (const key of keys) result[key] = inOrder(value[key]!, childShape(shape, key))
  return result
}

/** Known keys first, in their order; the others after them, as they came. */
function sortKeys(keys: string[], order: readonly string[]): string[] {
  const rank = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length)
  return keys.toSorted((a, b) => rank(a) - rank(b))
}

/** The key of a pair as text. */
export const keyOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key)

/** Sorts the fields below a node in place; comments travel with what they stand above. */
export function sortFields(node: unknown, shape: Shape): void {
  if (!isMap(node)) return
  const order = keyOrder(shape)
  if (order) {
    const rank = new Map(order.map((key, i) => [key, i]))
    const first = node.items[0]
    const sorted = node.items.toSorted(
      (a, b) => (rank.get(keyOf(a)) ?? order.length) - (rank.get(keyOf(b)) ?? order.length),
    )
    if (first && sorted[0] !== first) handDownComment(node, first)
    node.items = sorted
  }
  for (const pair of node.items) sortFields(pair.value, childShape(shape, keyOf(pair)))
}

/** The parser gives a comment above a map's first key to the map; before a move the key needs it. */
function handDownComment(map: Node & { commentBefore?: string | null }, first: Pair) {
  if (!map.commentBefore || !isScalar(first.key)) return
  first.key.commentBefore = map.commentBefore
  map.commentBefore = null
}

/** Takes over what stands around a node: its comments and the blank line above. */
export function keepSurroundings(from: unknown, to: Node): void {
  if (!(isScalar(from) || isMap(from) || isSeq(from))) return
  to.comment = from.comment
  to.commentBefore = from.commentBefore
  to.spaceBefore = from.spaceBefore
}

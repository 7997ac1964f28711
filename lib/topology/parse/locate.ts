import { isMap, isNode, isScalar, isSeq, type Node } from 'yaml'

/**
 * Offset in the text of what a path names: its value, or the key when `key` is asked for or the
 * value is empty. A path that leads nowhere gives the deepest part that exists.
 */
export function locate(root: Node | null, path: readonly string[], part: 'value' | 'key'): number {
  let node: unknown = root
  let offset = root?.range?.[0] ?? 0
  for (const [depth, key] of path.entries()) {
    const last = depth === path.length - 1
    if (isMap(node)) {
      const pair = node.items.find((each) => isScalar(each.key) && String(each.key.value) === key)
      if (!pair) return offset
      const keyOffset = (pair.key as Node).range?.[0] ?? offset
      node = pair.value
      const valueOffset = isNode(node) && !isMap(node) ? node.range?.[0] : undefined
      offset = last && part === 'value' ? (valueOffset ?? keyOffset) : keyOffset
    } else if (isSeq(node)) {
      node = node.items[Number(key)]
      if (!isNode(node)) return offset
      offset = node.range?.[0] ?? offset
    } else return offset
  }
  return offset
}

import { isMap, isNode, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml'

/**
 * Offset in the text of what a path names: its value, or the key when `key` is asked for or the
 * value is empty. A path that leads nowhere gives the deepest part that exists.
 */
export function locate(
  root: Node | null,
  path: readonly string[],
  part: 'value' | 'key',
  index: PairIndex = new PairIndex(),
): number {
  let node: unknown = root
  let offset = root?.range?.[0] ?? 0
  for (const [depth, key] of path.entries()) {
    const last = depth === path.length - 1
    if (isMap(node)) {
      const pair = index.find(node, key)
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

/** The pairs of maps by their keys, for many places in one tree: each map is gone through once. */
export class PairIndex {
  private readonly known = new WeakMap<YAMLMap, Map<string, Pair>>()

  find(map: YAMLMap, key: string): Pair | undefined {
    let pairs = this.known.get(map)
    if (!pairs) {
      pairs = new Map()
      for (const pair of map.items) {
        const name = isScalar(pair.key) ? String(pair.key.value) : null
        if (name !== null && !pairs.has(name)) pairs.set(name, pair)
      }
      this.known.set(map, pairs)
    }
    return pairs.get(key)
  }
}

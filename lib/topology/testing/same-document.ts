import type { Json } from '../change'
import { ROOT } from '../shape'
import { inOrder } from '../text/to-node'
import type { Topology } from '../topology'

/** One text for all values that are the same document: fields in one order, maps by id in theirs. */
export const canonical = (topology: Topology): string =>
  JSON.stringify(inOrder(topology as unknown as Json, ROOT), sortTrees, 1)

/** The order of keys in a values tree means nothing; sorted, it does not tell two of them apart. */
function sortTrees(key: string, value: unknown): unknown {
  if (key !== 'values' || typeof value !== 'object' || value === null) return value
  return sortDeep(value)
}

function sortDeep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortDeep)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, each]) => [key, sortDeep(each)]))
}

import { type DagNode, sortByNeeds } from './dag'

/** How long a node takes, in whatever unit the caller counts. */
export type Duration<N> = (node: N) => number

/**
 * The longest chain of needs by duration: its ids from first to last, and its length. With
 * unlimited hands nothing can be faster. Ties go to the earlier node. Empty graph: no ids, 0.
 */
export function criticalPath<N extends DagNode>(
  nodes: readonly N[],
  durationOf: Duration<N>,
): { ids: string[]; length: number } {
  const ends = new Map<string, { at: number; after: string | null }>()
  let last: string | null = null
  for (const node of sortByNeeds(nodes)) {
    let after: string | null = null
    let start = 0
    for (const id of node.needs) {
      const end = ends.get(id)?.at ?? 0
      if (end > start || after === null) [start, after] = [Math.max(start, end), id]
    }
    const at = start + durationOf(node)
    ends.set(node.id, { at, after })
    if (last === null || at > (ends.get(last)?.at ?? 0)) last = node.id
  }

  const ids: string[] = []
  for (let id = last; id !== null; id = ends.get(id)?.after ?? null) ids.push(id)
  return { ids: ids.reverse(), length: last === null ? 0 : (ends.get(last)?.at ?? 0) }
}

/**
 * For each node, its own duration and the longest chain that waits for it. Starting the largest
 * first is what keeps a bounded crew busy to the end.
 */
export function longestRemaining<N extends DagNode>(
  nodes: readonly N[],
  durationOf: Duration<N>,
): Map<string, number> {
  const remaining = new Map<string, number>()
  const after = new Map<string, number>()
  for (const node of sortByNeeds(nodes).reverse()) {
    const total = durationOf(node) + (after.get(node.id) ?? 0)
    remaining.set(node.id, total)
    for (const id of node.needs) after.set(id, Math.max(after.get(id) ?? 0, total))
  }
  return remaining
}

import type { DagNode } from './dag'

/**
 * The nodes that `keep` wants, in their order. A needed id that is left out is replaced by what it
 * needed itself, so that order survives the gap. Ids outside `nodes` stay as they are.
 */
export function keepNodes<N extends DagNode>(nodes: readonly N[], keep: (node: N) => boolean): N[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const kept = new Set(nodes.filter(keep).map((node) => node.id))
  const memo = new Map<string, readonly string[]>()

  const reach = (id: string): readonly string[] => {
    const node = byId.get(id)
    if (!node || kept.has(id)) return [id]
    const known = memo.get(id)
    if (known) return known
    memo.set(id, [])
    const found = [...new Set(node.needs.flatMap(reach))]
    memo.set(id, found)
    return found
  }

  return nodes
    .filter((node) => kept.has(node.id))
    .map((node) => ({ ...node, needs: [...new Set(node.needs.flatMap(reach))] }))
}

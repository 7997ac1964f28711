import type { SecretRef, Values, ValuesNode } from '@/lib/topology/topology'

/** Whether a node of a values tree stands for a sealed value. */
export const isSecretRef = (node: unknown): node is SecretRef =>
  typeof node === 'object' && node !== null && typeof (node as SecretRef).$secret === 'string'

const isTree = (node: ValuesNode | undefined): node is Values =>
  typeof node === 'object' && node !== null && !Array.isArray(node) && !isSecretRef(node)

/** `over` laid over `base` as Helm does it: maps merge, everything else replaces, null removes. */
export function mergeValues(base: Values, over: Values): Values {
  const merged: Values = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const under = merged[key]
    if (value === null) delete merged[key]
    else merged[key] = isTree(under) && isTree(value) ? mergeValues(under, value) : value
  }
  return merged
}

/** Every secret name in a JSON tree, in order, each once. */
export function secretNames(tree: unknown): string[] {
  const names = new Set<string>()
  const walk = (node: unknown) => {
    if (isSecretRef(node)) names.add(node.$secret)
    else if (typeof node === 'object' && node !== null) Object.values(node).forEach(walk)
  }
  walk(tree)
  return [...names]
}

/** A copy of `tree` in which each secret reference is what `reveal` gives for it. */
export function fillSecrets<T>(tree: T, reveal: (name: string) => string): T {
  const fill = (node: unknown): unknown => {
    if (isSecretRef(node)) return reveal(node.$secret)
    if (Array.isArray(node)) return node.map(fill)
    if (typeof node !== 'object' || node === null) return node
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, fill(value)]))
  }
  return fill(tree) as T
}

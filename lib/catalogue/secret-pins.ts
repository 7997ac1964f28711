import { isSecretRef } from './values'

/** Version of each sealed value of a topology's document by its name; a name without one has no value yet. */
export type SecretVersions = Readonly<Record<string, number>>

/**
 * A copy of `tree` for its hash: a reference to a secret that got another value after its first also
 * says its version, so that a new value is a change of what uses it. The first value says nothing,
 * because it may be made only when it is first needed, after the hash was planned.
 */
export function pinSecrets<T>(tree: T, versions: SecretVersions): T {
  const pin = (node: unknown): unknown => {
    if (isSecretRef(node)) {
      const version = Object.hasOwn(versions, node.$secret) ? (versions[node.$secret] ?? 1) : 1
      return version > 1 ? { $secret: node.$secret, version } : node
    }
    if (Array.isArray(node)) return node.map(pin)
    if (typeof node !== 'object' || node === null) return node
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, pin(value)]))
  }
  return pin(tree) as T
}

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Step } from './step'

/** JSON with keys sorted at every depth, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`)
  return `{${fields.join(',')}}`
}

/** Hex SHA-256 of any JSON value, the same whatever the order of its keys. */
export const hashOf = (value: unknown): string =>
  bytesToHex(sha256(utf8ToBytes(canonicalJson(value))))

/**
 * Names what a plan does: ids, kinds, arguments and needs, in any order. Reasons, estimates and
 * ages are left out, so that looking again does not make an approved plan stale.
 */
export function hashSteps(steps: readonly Step[]): string {
  const named = steps.map(({ id, kind, args, needs }) => ({
    ...{ id, kind, args },
    needs: needs.toSorted(),
  }))
  return hashOf(named.sort((a, b) => (a.id < b.id ? -1 : 1)))
}

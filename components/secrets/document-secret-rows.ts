import type { DocumentSecret } from '@/lib/api/contract-secrets'
import { documentSecretUses } from '@/lib/plan/secret-uses'
import type { Topology } from '@/lib/topology/topology'

export type DocumentSecretRow = Pick<DocumentSecret, 'secret' | 'uses' | 'state' | 'at' | 'by'>

const ORDER: Readonly<Record<DocumentSecret['state'], number>> = {
  missing: 0,
  waits: 1,
  set: 2,
  made: 2,
}

/**
 * The secrets of a document as it is drawn now, saved or not, with what the panel holds of them; those
 * without a value first. What nothing uses any more comes last.
 */
export function documentSecretRows(
  topology: Topology,
  held: readonly DocumentSecret[],
): DocumentSecretRow[] {
  const uses = documentSecretUses(topology)
  const known = new Map(held.map((each) => [each.secret, each]))
  const names = new Set([
    ...uses.map(({ secret }) => secret),
    ...held.filter(({ at }) => at !== null).map(({ secret }) => secret),
  ])
  const rows = [...names].map((secret): DocumentSecretRow => {
    const mine = uses.filter((use) => use.secret === secret)
    const value = known.get(secret)
    const given = mine.some((use) => use.given)
    return {
      secret,
      uses: mine.map(({ path, label }) => ({ path: [...path], label })),
      state: value && value.at !== null ? value.state : given ? 'missing' : 'waits',
      at: value?.at ?? null,
      by: value?.by ?? null,
    }
  })
  const place = ({ uses, state }: DocumentSecretRow) => (uses.length === 0 ? 3 : ORDER[state])
  return rows.toSorted((a, b) => place(a) - place(b) || (a.secret < b.secret ? -1 : 1))
}

import type { RouteKey } from './access'

const KIB = 1024
const MIB = 1024 * KIB

/** What a body may have at most, in bytes, where it is more than {@link SMALL_BODY_BYTES}. */
const LARGE: Partial<Record<RouteKey, number>> = {
  // A document, as a JSON string.
  'POST /api/topologies': 5 * MIB,
  'POST /api/t/[t]/revisions': 5 * MIB,
  // A place for each of some thousand objects.
  'PUT /api/t/[t]/layout': MIB,
}

/** What every other body may have: a form, a key, a kubeconfig. */
export const SMALL_BODY_BYTES = 64 * KIB

/** The longest body that a route reads, in bytes. */
export const bodyLimitOf = (key: RouteKey): number => LARGE[key] ?? SMALL_BODY_BYTES

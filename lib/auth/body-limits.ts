import { MAX_TEXT_BYTES } from '@/lib/base/text-limit'
import type { RouteKey } from './access'

const KIB = 1024
const MIB = 1024 * KIB

/** What a body may have at most, in bytes, where it is more than {@link SMALL_BODY_BYTES}. */
const LARGE: Partial<Record<RouteKey, number>> = {
  // A document, as a JSON string: each line end and quotation mark is one byte more there.
  'POST /api/topologies': MAX_TEXT_BYTES + MIB,
  'POST /api/t/[t]/revisions': MAX_TEXT_BYTES + MIB,
  // What a forge tells of a push; of a very large one it is too long, and the interval finds it.
  'POST /api/hooks/git/[t]': MIB,
  // A place for each of some thousand objects.
  'PUT /api/t/[t]/layout': MIB,
}

/** What every other body may have: a form, a key, a kubeconfig. */
export const SMALL_BODY_BYTES = 64 * KIB

/** The longest body that a route reads, in bytes. */
export const bodyLimitOf = (key: RouteKey): number => LARGE[key] ?? SMALL_BODY_BYTES

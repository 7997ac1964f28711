import { Refusal } from '@/lib/api/refusal'

/** So many tokens that are none are answered one by one, from one address, in one window. */
const ATTEMPTS = 30
const WINDOW_MS = 60_000
/** More addresses than this are not told apart; the oldest are forgotten. */
const MOST_PEERS = 10_000

/**
 * Slows down whoever tries tokens. It counts wrong ones only and stops wrong ones only: nobody is
 * shut out by what another program at the same address sends. Kept in memory.
 */
export class WrongTokens {
  readonly #counts = new Map<string, { since: number; count: number }>()

  /** Counts one wrong token; refuses (429) when there were too many. `now` is UTC milliseconds. */
  refuseTooMany(peer: string, now: number): void {
    const held = this.#counts.get(peer)
    const counted = held && now - held.since < WINDOW_MS ? held : { since: now, count: 0 }
    counted.count++
    // Inserted anew, so that the first of the map is the one that was quiet for longest.
    this.#counts.delete(peer)
    this.#counts.set(peer, counted)
    const [oldest] = this.#counts.keys()
    if (this.#counts.size > MOST_PEERS && oldest !== undefined) this.#counts.delete(oldest)
    if (counted.count <= ATTEMPTS) return
    const seconds = Math.ceil((counted.since + WINDOW_MS - now) / 1000)
    throw new Refusal(
      429,
      'token.too-many-attempts',
      `Too many wrong tokens - this address sent more than ${ATTEMPTS} - wait ${seconds} s, and look which program still uses an old token.`,
    )
  }
}

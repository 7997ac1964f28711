import { Refusal } from '@/lib/api/refusal'

const WINDOW_MS = 60_000
/** Far more than a person with many pages open asks, or a program that waits between its questions. */
export const MOST_CALLS = 1200
/** Windows that are over are forgotten when there are so many. */
const TIDY_AT = 1000

/**
 * Bounds what one session or token asks of the endpoints in a minute, so that a page gone wild or a
 * program in a circle does not take the panel from everybody else. Kept in memory.
 */
export class CallLimit {
  readonly #windows = new Map<string, { since: number; count: number }>()

  constructor(private readonly most = MOST_CALLS) {}

  /** Counts one call of a known caller; refuses (429) beyond the limit. `now` is UTC milliseconds. */
  refuseTooMany(callerId: string, now: number): void {
    const held = this.#windows.get(callerId)
    const window = held && now - held.since < WINDOW_MS ? held : { since: now, count: 0 }
    window.count++
    if (window !== held) this.#open(callerId, window, now)
    if (window.count <= this.most) return
    const seconds = Math.ceil((window.since + WINDOW_MS - now) / 1000)
    throw new Refusal(
      429,
      'request.too-many',
      `Too many requests - this sign-in or token asked more than ${this.most} times in a minute - wait ${seconds} s, and look which page or program asks without end.`,
    )
  }

  #open(callerId: string, window: { since: number; count: number }, now: number): void {
    if (this.#windows.size >= TIDY_AT)
      for (const [id, { since }] of this.#windows)
        if (now - since >= WINDOW_MS) this.#windows.delete(id)
    this.#windows.set(callerId, window)
  }
}

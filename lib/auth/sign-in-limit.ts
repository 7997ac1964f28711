import { Refusal } from '@/lib/api/refusal'

/** How many attempts, over how long. */
export type Limit = { attempts: number; windowMs: number }

/** Passwords of one account that may be tried, and of all accounts together (each costs 19 MiB). */
const PER_NAME: Limit = { attempts: 10, windowMs: 5 * 60_000 }
const OVERALL: Limit = { attempts: 300, windowMs: 5 * 60_000 }

/**
 * Slows down the guessing of passwords. Counted by account and overall, not by address: behind a
 * proxy an address is what somebody says it is. Kept in memory; a restart forgives.
 */
export class SignInLimit {
  readonly #byName = new Map<string, number[]>()
  #all: number[] = []

  constructor(
    private readonly perName: Limit = PER_NAME,
    private readonly overall: Limit = OVERALL,
  ) {}

  /**
   * Counts one attempt, before the password is looked at. Milliseconds to wait instead, or 0 to go
   * ahead. `now` is UTC milliseconds.
   */
  attempt(name: string, now: number): number {
    const key = name.toLowerCase()
    this.#forget(now)
    const mine = this.#byName.get(key) ?? []
    const waitMs = Math.max(waitOf(mine, this.perName, now), waitOf(this.#all, this.overall, now))
    if (waitMs > 0) return waitMs
    this.#byName.set(key, [...mine, now])
    this.#all.push(now)
    return 0
  }

  /** The password was right: the account's earlier attempts no longer count. */
  succeeded(name: string): void {
    this.#byName.delete(name.toLowerCase())
  }

  #forget(now: number): void {
    this.#all = this.#all.filter((at) => at > now - this.overall.windowMs)
    for (const [name, attempts] of this.#byName) {
      const recent = attempts.filter((at) => at > now - this.perName.windowMs)
      if (recent.length === 0) this.#byName.delete(name)
      else this.#byName.set(name, recent)
    }
  }
}

/** Refuses (429) while there is time to wait, in milliseconds. */
export function refuseTooMany(waitMs: number): void {
  if (waitMs <= 0) return
  throw new Refusal(
    429,
    'session.too-many-attempts',
    `Too many attempts - passwords of this account were tried too often - wait ${Math.ceil(waitMs / 1000)} s and try again.`,
  )
}

function waitOf(attempts: readonly number[], limit: Limit, now: number): number {
  const oldest = attempts.at(-limit.attempts)
  return oldest === undefined ? 0 : oldest + limit.windowMs - now
}

import { Refusal } from '@/lib/api/refusal'

/** How many attempts, over how long. */
export type Limit = { attempts: number; windowMs: number }

/**
 * Whose attempts: of an account, from an address (lib/auth/peer.ts). `atHome`: the account's owner
 * signed in from there before; what is tried elsewhere does not count then.
 */
export type Attempt = { name: string; peer: string; atHome?: boolean }

const WINDOW_MS = 5 * 60_000
/**
 * Passwords that may be tried: of one account from one address, from one address, of one account
 * from everywhere, and of all together (each costs 19 MiB). Whoever guesses fills the first of these
 * long before the others; who guesses from many addresses shuts out nobody who signed in before
 * (refuse-guessing.ts).
 */
const LIMITS = {
  mine: { attempts: 10, windowMs: WINDOW_MS },
  peer: { attempts: 60, windowMs: WINDOW_MS },
  name: { attempts: 100, windowMs: WINDOW_MS },
  all: { attempts: 300, windowMs: WINDOW_MS },
}
type Limits = Readonly<Record<keyof typeof LIMITS, Limit>>

/**
 * Codes of six digits are guessed sooner than passwords. Only who knows the password gets to try
 * them, so nobody is shut out by a stranger.
 */
export const SECOND_FACTOR_LIMITS: Limits = {
  mine: { attempts: 6, windowMs: WINDOW_MS },
  peer: { attempts: 30, windowMs: WINDOW_MS },
  name: { attempts: 20, windowMs: 60 * 60_000 },
  all: { attempts: 300, windowMs: WINDOW_MS },
}

/** What cannot be guessed at all is counted by address alone, so that nobody fills the disk. */
export const LINK_LIMITS: Limits = {
  mine: { attempts: 40, windowMs: WINDOW_MS },
  peer: { attempts: 40, windowMs: WINDOW_MS },
  name: { attempts: 2000, windowMs: WINDOW_MS },
  all: { attempts: 2000, windowMs: WINDOW_MS },
}

/**
 * Webhooks of a Git server: each costs a question to the provisioner. Those that prove themselves count
 * for their server alone, so that its many pushes keep nobody from signing in behind the same proxy.
 */
export const HOOK_LIMITS: Limits = {
  mine: { attempts: 30, windowMs: WINDOW_MS },
  peer: { attempts: 600, windowMs: WINDOW_MS },
  name: { attempts: 600, windowMs: WINDOW_MS },
  all: { attempts: 2000, windowMs: WINDOW_MS },
}

/** Slows down the guessing of passwords. Kept in memory; a restart forgives. */
export class SignInLimit {
  /** When attempts were made, by what they count for. */
  readonly #attempts = new Map<string, { limit: Limit; at: number[] }>()

  constructor(private readonly limits: Limits = LIMITS) {}

  /**
   * Counts one attempt, before the password is looked at. Milliseconds to wait instead, or 0 to go
   * ahead. `now` is UTC milliseconds.
   */
  attempt(attempt: Attempt, now: number): number {
    this.#forget(now)
    const counts = this.#countsOf(attempt)
    const waitMs = Math.max(
      ...counts.map(([key, limit]) => waitOf(this.#attempts.get(key)?.at ?? [], limit, now)),
    )
    if (waitMs > 0) return waitMs
    for (const [key, limit] of counts) {
      const at = this.#attempts.get(key)?.at ?? []
      this.#attempts.set(key, { limit, at: [...at, now] })
    }
    return 0
  }

  /** It was right: the earlier attempts on the account from there no longer count. */
  succeeded(attempt: Attempt): void {
    const [[mine]] = this.#countsOf(attempt)
    this.#attempts.delete(mine)
  }

  #countsOf({ name, peer, atHome }: Attempt): [[string, Limit], ...[string, Limit][]] {
    const account = name.toLowerCase()
    const everywhere: [string, Limit][] = [
      [`name ${account}`, this.limits.name],
      ['all', this.limits.all],
    ]
    return [
      [`mine ${peer} ${account}`, this.limits.mine],
      [`peer ${peer}`, this.limits.peer],
      ...(atHome ? [] : everywhere),
    ]
  }

  #forget(now: number): void {
    for (const [key, { limit, at }] of this.#attempts) {
      const recent = at.filter((each) => each > now - limit.windowMs)
      if (recent.length === 0) this.#attempts.delete(key)
      else this.#attempts.set(key, { limit, at: recent })
    }
  }
}

/** Refuses (429) while there is time to wait, in milliseconds. */
export function refuseTooMany(waitMs: number): void {
  if (waitMs <= 0) return
  throw new Refusal(
    429,
    'session.too-many-attempts',
    `Too many attempts - it was tried too often in a short time - wait ${Math.ceil(waitMs / 1000)} s and try again.`,
  )
}

function waitOf(attempts: readonly number[], limit: Limit, now: number): number {
  const oldest = attempts.at(-limit.attempts)
  return oldest === undefined ? 0 : oldest + limit.windowMs - now
}

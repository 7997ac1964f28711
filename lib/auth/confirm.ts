const MINUTE_MS = 60_000

/**
 * For how long a proof of who somebody is counts, in milliseconds: at a desk what needs a fresh
 * sign-in goes through until then; a phone, which is laid down and lost sooner, may act for so long.
 */
export const CONFIRMED_MS = { browser: 30 * MINUTE_MS, phone: 5 * MINUTE_MS } as const

/** A session, as far as its proof goes; `confirmedAt` in UTC milliseconds, null: there was none. */
type Proved = { kind: 'browser' | 'phone' | 'token'; confirmedAt: number | null }

/** Until when a session's proof counts, UTC milliseconds; 0: there was none. A token has none. */
export const confirmedUntil = ({ kind, confirmedAt }: Proved): number =>
  kind === 'token' || confirmedAt === null ? 0 : confirmedAt + CONFIRMED_MS[kind]

/** Whether a session's proof counts at `now` (UTC milliseconds). */
export const isConfirmed = (session: Proved, now: number): boolean => now <= confirmedUntil(session)

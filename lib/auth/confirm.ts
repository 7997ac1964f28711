/**
 * For how long a proof of who somebody is counts, in milliseconds: what needs a fresh sign-in goes
 * through until then, and a phone may act.
 */
export const CONFIRMED_MS = 30 * 60_000

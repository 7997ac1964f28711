import { pause } from '@/lib/io/pause'
import { ProxmoxError } from './errors'

/** How often, and after how long, what lost the wait for a lock is tried again. */
export type Backoff = {
  /** Tries in all, the first included. */
  attempts: number
  firstDelayMs: number
  maxDelayMs: number
  /** From 0 up to 1. */
  random(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** PVE waited 10 s already: about 1, 2, 4, 8 s, each taken from half to all of it by chance. */
export const LOCK_BACKOFF: Backoff = {
  ...{ attempts: 5, firstDelayMs: 1_000, maxDelayMs: 10_000 },
  random: Math.random,
  sleep: pause,
}

/** Milliseconds before the next try after the given one, from 1: half for sure, half by chance. */
export const delayOf = (
  attempt: number,
  { firstDelayMs, maxDelayMs, random }: Pick<Backoff, 'firstDelayMs' | 'maxDelayMs' | 'random'>,
): number => {
  const longest = Math.min(maxDelayMs, firstDelayMs * 2 ** (attempt - 1))
  return Math.round(longest / 2 + (longest / 2) * random())
}

/**
 * Tries again what PVE refused because others held a lock, and nothing else: then it did nothing, by
 * its own words. Everything else is thrown as it came.
 */
export async function retryLocked<T>(
  work: () => Promise<T>,
  backoff: Backoff = LOCK_BACKOFF,
  signal?: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const again = error instanceof ProxmoxError && error.lockTimeout
      if (!again || attempt >= backoff.attempts) throw error
      await backoff.sleep(delayOf(attempt, backoff), signal)
    }
  }
}

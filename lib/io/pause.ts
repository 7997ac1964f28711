import { setTimeout as delay } from 'node:timers/promises'

/** Waits, or throws the signal's own reason (Node's timer throws an AbortError around it). */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}

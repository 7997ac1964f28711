import { setTimeout as delay } from 'node:timers/promises'
import type { PanelError } from '@/lib/base/errors'

export type WaitOptions = {
  everyMs: number
  timeoutMs: number
  signal: AbortSignal
  now(): number
  /** Made when the time is up. */
  onTimeout(): PanelError
}

/** Asks until `done` says so. Every wait has a limit and a signal. */
export async function waitUntil(done: () => Promise<boolean>, options: WaitOptions): Promise<void> {
  const { everyMs, timeoutMs, signal, now, onTimeout } = options
  const end = now() + timeoutMs
  for (;;) {
    signal.throwIfAborted()
    if (await done()) return
    if (now() >= end) throw onTimeout()
    await delay(everyMs, undefined, { signal })
  }
}

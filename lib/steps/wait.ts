import type { PanelError } from '@/lib/base/errors'
import { pause } from '@/lib/io/pause'

export type WaitOptions = {
  /** The longest pause between two looks; the first are shorter. */
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
  for (let pauseMs = everyMs / 8; ; pauseMs = Math.min(everyMs, pauseMs * 1.5)) {
    signal.throwIfAborted()
    if (await done()) return
    if (now() >= end) throw onTimeout()
    await pause(pauseMs, signal)
  }
}

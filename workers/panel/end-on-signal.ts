import type { Log } from '@/lib/io/log'

/**
 * A list of what has to be undone at the end. At the first signal it is run from its last entry to
 * its first, each to its end, then the process exits; a second signal does not wait.
 */
export function endOnSignal(log: Log): (() => Promise<void>)[] {
  const undo: (() => Promise<void>)[] = []
  let ending = false
  const end = async (signal: string) => {
    if (ending) process.exit(1)
    ending = true
    log(`${signal}: ending`)
    let code = 0
    for (const each of undo.reverse()) {
      try {
        await each()
      } catch (error) {
        // The rest still has to be undone: a worker must not outlive the panel.
        log(error instanceof Error ? (error.stack ?? error.message) : String(error))
        code = 1
      }
    }
    process.exit(code)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void end(signal))
  return undo
}

import { faultText } from '@/lib/api/fault-text'
import { PanelError } from '@/lib/base/errors'
import { type KnownSecrets, maskText } from '@/lib/base/mask'
import type { Log } from '@/lib/io/log'

/** The same log without what is known as a secret or looks like one: errors quote what they were given. */
export const maskedLog =
  (log: Log, known: KnownSecrets): Log =>
  (text) =>
    log(maskText(known, text))

/**
 * An error that nobody took ends this process with its text in the log, masked, instead of Node's own
 * print of it. What went wrong on purpose (a {@link PanelError}) is told in its one sentence.
 */
export function logCrash(log: Log): void {
  process.on('uncaughtException', (error: unknown) => {
    log(error instanceof PanelError ? `${error.message} (${error.code})` : faultText(error))
    process.exit(1)
  })
}

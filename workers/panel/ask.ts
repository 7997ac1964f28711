import { PanelError } from '@/lib/base/errors'
import type { Ask } from '@/lib/live/questions'
import type { ToPanel, ToProvisioner } from '../ipc'

/** A page waits no longer than this for an answer, in milliseconds. */
const PATIENCE_MS = 15_000

export type Asking = {
  ask: Ask
  /** Takes what the provisioner answered; leaves every other message alone. */
  take(message: ToPanel): void
  /** The provisioner ended: nobody answers what was asked of it. */
  lost(): void
}

/** Questions to the provisioner over `send`, matched with their answers by number. */
export function startAsking(send: (message: ToProvisioner) => boolean): Asking {
  type Waiting = { resolve(answer: never): void; reject(error: Error): void; timer: NodeJS.Timeout }
  const waiting = new Map<number, Waiting>()
  let last = 0
  const settle = (id: number): Waiting | undefined => {
    const found = waiting.get(id)
    waiting.delete(id)
    clearTimeout(found?.timer)
    return found
  }
  return {
    ask: (kind, question) =>
      new Promise((resolve, reject) => {
        const id = ++last
        const timer = setTimeout(() => settle(id)?.reject(new WorkerAwayError()), PATIENCE_MS)
        waiting.set(id, { resolve, reject, timer })
        if (!send({ type: 'ask', id, kind, question } as ToProvisioner))
          settle(id)?.reject(new WorkerAwayError())
      }),
    take(message) {
      if (message.type !== 'answer') return
      const asker = settle(message.id)
      if ('error' in message) asker?.reject(new AnswerError(message.error))
      else asker?.resolve(message.answer as never)
    },
    lost() {
      for (const id of [...waiting.keys()]) settle(id)?.reject(new WorkerAwayError())
    },
  }
}

/** The provisioner is not there or does not answer. */
export class WorkerAwayError extends PanelError {
  readonly code = 'worker.away'
  override readonly transient = true

  constructor() {
    super(
      'The provisioner does not answer - it alone opens secrets and connections, and it is starting again or busy - wait a moment and try again.',
    )
  }
}

/** What the provisioner said instead of an answer, in its own words. */
class AnswerError extends PanelError {
  readonly code: string

  constructor({ code, message }: { code: string; message: string }) {
    super(message)
    this.code = code
  }
}

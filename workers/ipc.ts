import type { ServerMessages } from '@/lib/live/contract'
import type { QuestionKind, Questions } from '@/lib/live/questions'

/** Provisioner and lab to panel, over the fork's channel. */
export type ToPanel =
  | { type: 'ready' }
  | { type: 'failed'; message: string }
  /** Passed on to browsers as it is; to the job's room where it has one. */
  | {
      [E in keyof ServerMessages]: {
        type: 'tell'
        event: E
        message: Parameters<ServerMessages[E]>[0]
      }
    }[keyof ServerMessages]
  /** To the question of this number; `error` where there is no answer. */
  | { type: 'answer'; id: number; answer: unknown }
  | { type: 'answer'; id: number; error: { code: string; message: string } }

/** Panel to provisioner. */
export type ToProvisioner =
  /** Something was queued or asked; look at the database. */
  | { type: 'wake' }
  /** Wants an answer of the same number. */
  | {
      [K in QuestionKind]: { type: 'ask'; id: number; kind: K; question: Questions[K]['ask'] }
    }[QuestionKind]

/**
 * Calls `end` when the panel that started this process is gone, also when it went before anybody
 * listened. Does nothing in a process that was started by hand, without a panel.
 */
export function onPanelGone(end: () => void): void {
  const started = process.send !== undefined
  if (started && !process.connected) end()
  else process.once('disconnect', end)
}

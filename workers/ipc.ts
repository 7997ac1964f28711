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
  /** What a console printed, in base64. */
  | { type: 'console-output'; id: string; data: string }
  | { type: 'console-ended'; id: string; why: string }

/** Panel to provisioner. */
export type ToProvisioner =
  /** Something was queued or asked; look at the database. */
  | { type: 'wake' }
  /** Wants an answer of the same number. */
  | {
      [K in QuestionKind]: { type: 'ask'; id: number; kind: K; question: Questions[K]['ask'] }
    }[QuestionKind]
  /** To a console that `console.open` opened; of one that ended it is dropped. Bytes in base64. */
  | ToConsole

/** What a console is told from outside. */
export type ToConsole = { id: string } & (
  | { type: 'console-input'; data: string }
  | { type: 'console-ack'; bytes: number }
  | { type: 'console-resize'; columns: number; rows: number }
  | { type: 'console-close' }
)

/**
 * Calls `end` when the panel that started this process is gone, also when it went before anybody
 * listened. Does nothing in a process that was started by hand, without a panel.
 */
export function onPanelGone(end: () => void): void {
  const started = process.send !== undefined
  if (started && !process.connected) end()
  else process.once('disconnect', end)
}

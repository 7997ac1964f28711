import type { ServerMessages } from '@/lib/live/contract'

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

/** Panel to provisioner: something was queued or asked; look at the database. */
export type ToProvisioner = { type: 'wake' }

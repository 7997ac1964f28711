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

/**
 * Calls `end` when the panel that started this process is gone, also when it went before anybody
 * listened. Does nothing in a process that was started by hand, without a panel.
 */
export function onPanelGone(end: () => void): void {
  const started = process.send !== undefined
  if (started && !process.connected) end()
  else process.once('disconnect', end)
}

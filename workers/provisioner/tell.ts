import type { ServerMessages } from '@/lib/live/contract'
import type { ToPanel } from '../ipc'

/** Tells browsers through the panel what has been stored. Nobody listening is not an error. */
export type Tell = <E extends keyof ServerMessages>(
  event: E,
  message: Parameters<ServerMessages[E]>[0],
) => void

/** Over the fork's channel; says nothing when run without a panel. */
export const tellPanel: Tell = (event, message) => {
  send({ type: 'tell', event, message } as ToPanel)
}

/** One message to the panel. A channel that closes meanwhile ends this process by `disconnect`. */
export function send(message: ToPanel): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
}

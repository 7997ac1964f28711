import type { ServerMessages } from './contract'

/** The sockets of all browsers, as the rest of the web process sees them. */
export type Live = {
  /**
   * Tells browsers something that has been stored: lines and events to those who joined their job,
   * everything else to those who may see what it is about.
   */
  tell<E extends keyof ServerMessages>(event: E, message: Parameters<ServerMessages[E]>[0]): void
  /** Hangs up on the browser of a session that was ended. */
  endSession(sessionId: string): void
  /** Stops looking after the sockets; does not close the server. */
  close(): void
}

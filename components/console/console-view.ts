/** What shows an open console, whichever kind. */
export type OpenConsoleView = {
  topologyId: string
  /** Opened by this session, attached by whoever shows it. */
  id: string
  /** It ended by itself, and why. */
  onEnd(why: string): void
  /** The keyboard is wanted back by the page. */
  onLeave(): void
}

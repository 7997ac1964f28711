import type { ConsoleInUse, OpenConsoleRequest } from '@/lib/api/contract-console'
import type { Actor } from '@/lib/db/audit'
import type { PanelSession } from './session'

/** The socket that shows a console. Compared by identity. */
export type ConsoleSink = {
  output(id: string, data: Uint8Array): void
  ended(id: string, why: string): void
}

/** The consoles that are open, as routes and sockets see them. What they show is kept nowhere. */
export type Consoles = {
  /**
   * Takes a console for a person and writes that down. Ends the person's own of the same VM; throws a
   * Refusal (409 `console.taken`, 429 `console.too-many`). Answers its id.
   */
  open(
    request: OpenConsoleRequest & { topologyId: string },
    by: { session: PanelSession; actor: Actor },
  ): Promise<string>
  /** `me`: id of the person who asks. */
  list(topologyId: string, me: string): ConsoleInUse[]
  /**
   * Connects what this session opened; throws a Refusal (404 `console.unknown`) for every other, and
   * what the provisioner says where it cannot be opened.
   */
  attach(
    request: { topologyId: string; id: string; columns: number; rows: number },
    sessionId: string,
    sink: ConsoleSink,
  ): Promise<{ password: string | null }>
  /** These do nothing to a console of another sink, or to one that ended. */
  input(id: string, data: Uint8Array, sink: ConsoleSink): void
  ack(id: string, bytes: number, sink: ConsoleSink): void
  resize(id: string, size: { columns: number; rows: number }, sink: ConsoleSink): void
  close(id: string, sink: ConsoleSink): void
  /** The sink is gone: what it showed ends. */
  left(sink: ConsoleSink): void
}

import type { LiveSocket } from './socket'

/** How long the panel and Proxmox may take to open a console, in milliseconds. */
const ANSWER_MS = 20_000
/** What is pasted goes in pieces of so many bytes. */
const PIECE = 8 * 1024

export type ConsoleListener = {
  /** `shown` is to be called once it is: until then it counts as on its way, and the guest may have to wait. */
  output(data: Uint8Array, shown: () => void): void
  /** Once, whoever ended it, but not after `close`. */
  ended(why: string): void
}

/** The browser's end of one console that this session opened. Listens from the start; `close` it when done. */
export class ConsoleConnection {
  #over = false

  constructor(
    private readonly socket: LiveSocket,
    private readonly at: { topologyId: string; id: string },
    private readonly listener: ConsoleListener,
  ) {
    socket.on('console-output', this.#output)
    socket.on('console-ended', this.#ended)
    socket.on('disconnect', this.#down)
  }

  /** Connects it; null when that failed, which `ended` says. */
  async attach(size: {
    columns: number
    rows: number
  }): Promise<{ password: string | null } | null> {
    try {
      const answer = await this.socket
        .timeout(ANSWER_MS)
        .emitWithAck('console-attach', { ...this.at, ...size })
      if (answer.ok) return { password: answer.password }
      this.#end(answer.message)
    } catch {
      // emitWithAck rejects for one reason: nobody answered in time.
      this.#end('The console did not open - the panel or the host is busy - open it again.')
    }
    return null
  }

  write(data: Uint8Array): void {
    if (this.#over) return
    for (let at = 0; at < data.length; at += PIECE)
      // A copy: whoever calls may use its buffer again before this one is sent.
      this.socket.emit('console-input', { id: this.at.id, data: data.slice(at, at + PIECE) })
  }

  resize(columns: number, rows: number): void {
    if (!this.#over) this.socket.emit('console-resize', { id: this.at.id, columns, rows })
  }

  close(): void {
    if (this.#stop() && this.socket.connected) this.socket.emit('console-close', { id: this.at.id })
  }

  #output = ({ id, data }: { id: string; data: Uint8Array | ArrayBuffer }): void => {
    if (id !== this.at.id || this.#over) return
    const bytes = data instanceof Uint8Array ? data : new Uint8Array(data)
    this.listener.output(bytes, () => {
      if (!this.#over) this.socket.emit('console-ack', { id, bytes: bytes.byteLength })
    })
  }

  #ended = ({ id, why }: { id: string; why: string }): void => {
    if (id === this.at.id) this.#end(why)
  }

  #down = (): void =>
    this.#end(
      'The line to the panel broke - the network did, or your session ended - open it again.',
    )

  #end(why: string): void {
    if (this.#stop()) this.listener.ended(why)
  }

  /** Whether it was still open. */
  #stop(): boolean {
    if (this.#over) return false
    this.#over = true
    this.socket.off('console-output', this.#output)
    this.socket.off('console-ended', this.#ended)
    this.socket.off('disconnect', this.#down)
    return true
  }
}

import { randomUUID } from 'node:crypto'
import type { ConsoleInUse, ConsoleKind, OpenConsoleRequest } from '@/lib/api/contract-console'
import { faultText } from '@/lib/api/fault-text'
import { Refusal } from '@/lib/api/refusal'
import type { ConsoleSink, Consoles } from '@/lib/auth/consoles'
import type { PanelSession } from '@/lib/auth/session'
import type { Actor } from '@/lib/db/audit'
import type { Ask } from '@/lib/live/questions'
import type { ToConsole, ToPanel } from '../ipc'

/** Consoles at once in the whole panel. */
const MOST_CONSOLES = 20

/** `attachMs`: how long one waits for its socket; `idleMs`: for the next key, in milliseconds. */
export type ConsoleLimits = { attachMs: number; idleMs: number }
const LIMITS: ConsoleLimits = { attachMs: 30_000, idleMs: 30 * 60_000 }

/** What is written down when a console opens or closes. */
export type ConsoleNote = {
  action: 'console.open' | 'console.close'
  topologyId: string
  vm: string
  kind: ConsoleKind
  /** Why it closed. */
  why: string
}

export type ConsoleDeps = {
  ask: Ask
  /** To the provisioner. */
  send(message: ToConsole): void
  note(note: ConsoleNote, actor: Actor): Promise<void>
  /** Tells browsers who may see the topology. */
  changed(topologyId: string): void
  now(): number
  log(line: string): void
}

type Held = {
  id: string
  topologyId: string
  vm: string
  kind: ConsoleKind
  session: PanelSession
  actor: Actor
  since: number
  sink: ConsoleSink | null
  timer: NodeJS.Timeout
}

/**
 * The consoles between browsers and the provisioner, which alone reaches Proxmox. One per person, VM
 * and kind, of a serial port one in all; each belongs to one session and one socket, and ends with
 * it, with the provisioner, or when nobody types for half an hour. Nothing that passes is kept.
 */
export class ConsoleRelay implements Consoles {
  readonly #held = new Map<string, Held>()

  constructor(
    private readonly deps: ConsoleDeps,
    private readonly limits: ConsoleLimits = LIMITS,
  ) {}

  async open(
    { topologyId, vm, kind, take = false }: OpenConsoleRequest & { topologyId: string },
    { session, actor }: { session: PanelSession; actor: Actor },
  ): Promise<string> {
    this.#makeRoom({ topologyId, vm, kind, take }, session)
    const id = randomUUID()
    const timer = setTimeout(
      () => this.#end(id, 'The page that opened it did not come for it.'),
      this.limits.attachMs,
    )
    const about = { topologyId, vm, kind }
    this.#held.set(id, {
      ...{ id, ...about, session, actor, since: this.deps.now(), sink: null },
      timer: timer.unref(),
    })
    try {
      await this.deps.note({ action: 'console.open', ...about, why: '' }, actor)
    } catch (error) {
      this.#forget(id)
      throw error
    }
    this.deps.changed(topologyId)
    return id
  }

  /** Ends what gives way to a new console; throws where it may not. */
  #makeRoom(wanted: Required<OpenConsoleRequest> & { topologyId: string }, { me }: PanelSession) {
    const same = [...this.#held.values()].filter(
      ({ topologyId, vm, kind }) =>
        topologyId === wanted.topologyId && vm === wanted.vm && kind === wanted.kind,
    )
    const others = wanted.kind === 'serial' ? same.filter((one) => one.session.me.id !== me.id) : []
    const first = others[0]
    if (first && !wanted.take)
      throw new Refusal(
        409,
        'console.taken',
        `${first.session.me.name} has the serial console of ${wanted.vm} open - a serial port takes one at a time - ask them to close it, or take it over.`,
      )
    for (const { id } of others) this.#end(id, `${me.name} took it over.`)
    for (const { id, session } of same)
      if (session.me.id === me.id) this.#end(id, 'You opened it in another window.')
    if (this.#held.size >= MOST_CONSOLES)
      throw new Refusal(
        429,
        'console.too-many',
        `There are ${MOST_CONSOLES} consoles open - more would slow the panel down - close one first.`,
      )
  }

  list(topologyId: string, me: string): ConsoleInUse[] {
    return [...this.#held.values()]
      .filter((held) => held.topologyId === topologyId)
      .map(({ vm, kind, session, since }) => ({
        ...{ vm, kind, since, by: session.me.name },
        own: session.me.id === me,
      }))
  }

  async attach(
    request: { topologyId: string; id: string; columns: number; rows: number },
    sessionId: string,
    sink: ConsoleSink,
  ): Promise<{ password: string | null }> {
    const { id, topologyId, columns, rows } = request
    const held = this.#held.get(id)
    if (held?.session.id !== sessionId || held.topologyId !== topologyId || held.sink !== null)
      throw new Refusal(
        404,
        'console.unknown',
        'There is no such console to connect to - it waits half a minute for the page that opened it - open it again.',
      )
    held.sink = sink
    clearTimeout(held.timer)
    const { vm, kind } = held
    try {
      const opened = await this.deps.ask('console.open', {
        ...{ id, topologyId, vm, kind, columns, rows },
      })
      if (!this.#held.has(id)) {
        this.deps.send({ type: 'console-close', id })
        throw new Refusal(404, 'console.unknown', 'It was closed meanwhile - open it again.')
      }
      const idle = setTimeout(
        () => this.#end(id, 'Nobody typed for half an hour.'),
        this.limits.idleMs,
      )
      held.timer = idle.unref()
      return opened
    } catch (error) {
      this.#end(id, error instanceof Error ? error.message : String(error))
      throw error
    }
  }

  input(id: string, data: Uint8Array, sink: ConsoleSink): void {
    const held = this.#of(id, sink)
    if (!held) return
    held.timer.refresh()
    const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')
    this.deps.send({ type: 'console-input', id, data: text })
  }

  ack(id: string, bytes: number, sink: ConsoleSink): void {
    if (this.#of(id, sink)) this.deps.send({ type: 'console-ack', id, bytes })
  }

  resize(id: string, size: { columns: number; rows: number }, sink: ConsoleSink): void {
    if (this.#of(id, sink)) this.deps.send({ type: 'console-resize', id, ...size })
  }

  close(id: string, sink: ConsoleSink): void {
    if (this.#of(id, sink)) this.#end(id, 'It was closed by hand.')
  }

  left(sink: ConsoleSink): void {
    for (const held of [...this.#held.values()])
      if (held.sink === sink) this.#end(held.id, 'The page went away, or its session ended.')
  }

  /** Takes what the provisioner says of consoles; leaves every other message alone. */
  take(message: ToPanel): void {
    if (message.type === 'console-ended') this.#end(message.id, message.why)
    if (message.type !== 'console-output') return
    const sink = this.#held.get(message.id)?.sink
    if (sink) sink.output(message.id, Buffer.from(message.data, 'base64'))
    else this.deps.send({ type: 'console-close', id: message.id })
  }

  /** The provisioner ended, and every console with it. */
  lost(): void {
    for (const { id, sink } of [...this.#held.values()])
      if (sink) this.#end(id, 'The provisioner, which holds it, started again - open it again.')
  }

  #of(id: string, sink: ConsoleSink): Held | null {
    const held = this.#held.get(id)
    return held?.sink === sink ? held : null
  }

  #forget(id: string): Held | null {
    const held = this.#held.get(id) ?? null
    this.#held.delete(id)
    clearTimeout(held?.timer)
    return held
  }

  #end(id: string, why: string): void {
    const held = this.#forget(id)
    if (!held) return
    const { topologyId, vm, kind, actor, sink } = held
    if (sink) {
      this.deps.send({ type: 'console-close', id })
      sink.ended(id, why)
    }
    this.deps.changed(topologyId)
    this.deps
      .note({ action: 'console.close', topologyId, vm, kind, why }, actor)
      .catch((error: unknown) =>
        this.deps.log(`the end of a console could not be written down: ${faultText(error)}`),
      )
  }
}

import { PanelError } from '@/lib/base/errors'
import type { Db } from '@/lib/db/client'
import { readTopology } from '@/lib/db/parsed'
import { findRevision } from '@/lib/db/revisions'
import { CONSOLE_WINDOW } from '@/lib/live/contract'
import type { Questions } from '@/lib/live/questions'
import { formatMarker } from '@/lib/plan/marker'
import { placeOf } from '@/lib/plan/places'
import type { VmRef } from '@/lib/plan/step'
import type { ConsoleStream } from '@/lib/proxmox/console-stream'
import { getOurs } from '@/lib/steps/vm/our-vm'
import { resolveVm } from '@/lib/topology/resolve'
import type { ToConsole, ToPanel } from '../ipc'
import type { Answers } from './answers'
import type { FirstBoots } from './first-boots'
import type { Reach } from './reach'

export type ConsolesOptions = {
  db: Db
  panelId: string
  reach: Pick<Reach, 'proxmox' | 'openConsole'>
  /** Gives way: a serial port takes one at a time. */
  firstBoots: Pick<FirstBoots, 'leave'>
  send(message: ToPanel): void
}

type Open = {
  /** Null while it opens. */
  stream: ConsoleStream | null
  /** Read and not sent yet: the window is full. */
  waiting: Uint8Array[]
  unshown: number
  paused: boolean
}

/**
 * The consoles that browsers look at through the panel. Output goes on as it comes and is kept
 * nowhere; while {@link CONSOLE_WINDOW} bytes are not shown yet, the guest is asked to wait.
 */
export class OpenConsoles {
  readonly #open = new Map<string, Open>()

  constructor(private readonly options: ConsolesOptions) {}

  readonly answers: Answers = { 'console.open': (ask) => this.#begin(ask) }

  async #begin(
    ask: Questions['console.open']['ask'],
  ): Promise<Questions['console.open']['answer']> {
    const { id, kind, columns, rows } = ask
    const ref = await this.#find(ask)
    const { reach, firstBoots, send } = this.options
    const proxmox = await reach.proxmox(ref.at.connection)
    await getOurs(proxmox, ref)
    if (!(await proxmox.findVm(ref.at.node, ref.vmid))?.running) throw new VmOffError(ref.name)
    if (kind === 'serial') firstBoots.leave(ref)
    const door =
      kind === 'serial'
        ? await proxmox.consoles.openSerial(ref.at.node, ref.vmid)
        : await proxmox.consoles.openScreen(ref.at.node, ref.vmid)
    const open: Open = { stream: null, waiting: [], unshown: 0, paused: false }
    this.#open.set(id, open)
    const stream = await reach
      .openConsole(ref.at.connection, door, {
        output: (bytes) => this.#output(id, bytes),
        end: () => {
          this.#open.delete(id)
          send({
            ...{ type: 'console-ended', id },
            why: 'Proxmox closed it: the VM was switched off or moved, or somebody else took it.',
          })
        },
      })
      .catch((error: unknown) => {
        this.#open.delete(id)
        throw error
      })
    open.stream = stream
    if (open.paused) stream.pause()
    stream.resize(columns, rows)
    return { password: door.password?.reveal() ?? null }
  }

  async #find(ask: { topologyId: string; vm: string }): Promise<VmRef> {
    const { db, panelId } = this.options
    const { hash, text } = await findRevision(db, ask.topologyId)
    const topology = readTopology(hash, text)
    const vm = resolveVm(topology, ask.vm)
    const at = vm?.host ? placeOf(topology, vm.host) : null
    if (!vm || vm.vmid === null || !at) throw new NoConsoleError(ask.vm)
    const { id, vmid, name } = vm
    const marker = formatMarker({ panelId, topologyId: ask.topologyId, kind: 'vms', id })
    return { at, vmid, vm: id, name, marker }
  }

  #output(id: string, bytes: Uint8Array): void {
    const open = this.#open.get(id)
    if (!open) return
    open.waiting.push(bytes)
    this.#pass(id, open)
  }

  /** Sends what the window has room for; as long as something waits, nothing more is read. */
  #pass(id: string, open: Open): void {
    while (open.unshown < CONSOLE_WINDOW) {
      const first = open.waiting.shift()
      if (first === undefined) break
      const now = first.subarray(0, CONSOLE_WINDOW - open.unshown)
      if (now.length < first.length) open.waiting.unshift(first.subarray(now.length))
      open.unshown += now.length
      const data = Buffer.from(now.buffer, now.byteOffset, now.byteLength).toString('base64')
      this.options.send({ type: 'console-output', id, data })
    }
    const full = open.waiting.length > 0
    if (full === open.paused) return
    open.paused = full
    if (full) open.stream?.pause()
    else open.stream?.resume()
  }

  /** What the panel says to one of them; to one that ended, nothing. */
  take(message: ToConsole): void {
    const open = this.#open.get(message.id)
    if (!open?.stream) return
    const { stream } = open
    if (message.type === 'console-input') stream.write(Buffer.from(message.data, 'base64'))
    else if (message.type === 'console-resize') stream.resize(message.columns, message.rows)
    else if (message.type === 'console-close') stream.close()
    else {
      open.unshown = Math.max(0, open.unshown - message.bytes)
      this.#pass(message.id, open)
    }
  }

  /** Ends them all. */
  close(): void {
    for (const { stream } of this.#open.values()) stream?.close()
  }
}

/** Nothing is drawn on a machine that is off. */
export class VmOffError extends PanelError {
  readonly code = 'console.vm-off'

  constructor(name: string) {
    super(`${name} is switched off - there is nothing to see or to type to - start it first.`)
  }
}

/** Its place is not known. */
export class NoConsoleError extends PanelError {
  readonly code = 'console.no-vm'

  constructor(vm: string) {
    super(
      `There is no machine of "${vm}" to look at - it has no host, no connection or no VMID yet - deploy it first.`,
    )
  }
}

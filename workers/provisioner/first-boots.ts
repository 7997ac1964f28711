import { PanelError } from '@/lib/base/errors'
import type { VmRef } from '@/lib/plan/step'
import type { ConsoleStream } from '@/lib/proxmox/console-stream'
import type { FirstBootLines } from '@/lib/steps/first-boot-lines'
import type { Reach } from './reach'
import { SerialLines } from './serial-lines'

/** A first boot that takes longer than this tells nothing more, in milliseconds. */
const LIMIT_MS = 20 * 60_000

type Watched = {
  lines: SerialLines
  ended: boolean
  stream: ConsoleStream | null
  limit: NodeJS.Timeout
}

/** Whose it is. VMIDs are one machine's per Proxmox, whoever draws it. */
const portOf = ({ at, vmid }: Pick<VmRef, 'at' | 'vmid'>) => `${at.connection}/${vmid}`

/**
 * Reads the serial consoles of new machines along while they boot, because until SSH answers nothing
 * else tells what goes wrong in there. Ends with the first boot, after 20 minutes, and when a person
 * opens the console: a serial port takes one at a time.
 */
export class FirstBoots {
  readonly #watched = new Map<string, Watched>()
  /** By topology and VM: whose port it is. */
  readonly #ports = new Map<string, string>()

  constructor(private readonly reach: Pick<Reach, 'proxmox' | 'openConsole'>) {}

  /** What the steps of one topology's job see of it. */
  of(topologyId: string): FirstBootLines {
    const key = (vm: string) => `${topologyId}/${vm}`
    return {
      watch: (ref) => {
        const port = portOf(ref)
        this.#ports.set(key(ref.vm), port)
        // One that ended was of the machine before this one, or of a start before this one.
        if (this.#watched.get(port)?.ended === false) return
        const limit = setTimeout(() => this.#stop(port), LIMIT_MS).unref()
        const watched: Watched = { lines: new SerialLines(), ended: false, stream: null, limit }
        this.#watched.set(port, watched)
        void this.#read(ref, watched)
      },
      lines: (vm) => this.#watched.get(this.#ports.get(key(vm)) ?? '')?.lines.read() ?? [],
      end: (vm) => {
        const port = this.#ports.get(key(vm))
        this.#ports.delete(key(vm))
        if (port === undefined) return
        this.#stop(port)
        this.#watched.delete(port)
      },
    }
  }

  /** Gives the serial port of a VM up; the lines so far stay. */
  leave(ref: Pick<VmRef, 'at' | 'vmid'>): void {
    this.#stop(
      portOf(ref),
      'A person opened the console; what it printed from then on is not here.',
    )
  }

  /** Ends them all. */
  close(): void {
    for (const port of [...this.#watched.keys()]) this.#stop(port)
    this.#watched.clear()
  }

  async #read(ref: VmRef, watched: Watched): Promise<void> {
    try {
      const proxmox = await this.reach.proxmox(ref.at.connection)
      const door = await proxmox.consoles.openSerial(ref.at.node, ref.vmid, 'serial0')
      const stream = await this.reach.openConsole(ref.at.connection, door, {
        output: (bytes) => watched.lines.take(bytes),
        end() {
          watched.ended = true
          clearTimeout(watched.limit)
        },
      })
      watched.stream = stream
      if (watched.ended) stream.close()
      else stream.resize(200, 50)
    } catch (error) {
      // It tells more than nothing, and fails no boot.
      const why = error instanceof PanelError ? error.message : String(error)
      say(watched, `The serial console could not be read: ${why}`)
    }
  }

  #stop(port: string, why?: string): void {
    const watched = this.#watched.get(port)
    if (!watched || watched.ended) return
    watched.ended = true
    clearTimeout(watched.limit)
    watched.stream?.close()
    if (why !== undefined) say(watched, why)
  }
}

const say = ({ lines }: Watched, text: string) =>
  lines.take(new TextEncoder().encode(`\n[${text}]\n`))

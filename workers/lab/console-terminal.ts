import type { WebSocket } from 'ws'
import type { OpenConsole } from './console-socket'
import type { Engine } from './engine'

/**
 * The serial console of a guest as termproxy serves it: `user:ticket` first, answered `OK`, then
 * what the guest prints; `0:<bytes>:<input>`, `1:<columns>:<rows>:` and `2` from the client.
 */
export function serveTerminal(engine: Engine, client: WebSocket, opened: OpenConsole): void {
  let greeted = false
  let pending: Buffer = Buffer.alloc(0)
  const print = (text: string) => client.send(Buffer.from(text, 'utf8'))
  const shell = serialLine(engine, opened, print)
  let stop: (() => void) | null = null

  client.on('message', (data: Buffer) => {
    pending = Buffer.concat([pending, data])
    if (!greeted) {
      const end = pending.indexOf('\n')
      if (end < 0) return
      const greeting = pending.subarray(0, end).toString('utf8')
      pending = pending.subarray(end + 1)
      if (greeting !== `${opened.user}:${opened.ticket}`) return client.close()
      greeted = true
      print('OK')
      shell.show()
      stop = engine.onChange(() => {
        if (shell.show() === 'off') client.close()
      })
    }
    pending = readFrames(pending, shell.type)
  })
  client.on('close', () => stop?.())
}

/** Takes whole frames off the front, hands typed text on, and returns what is not whole yet. */
function readFrames(bytes: Buffer, type: (text: string) => void): Buffer {
  let rest = bytes
  for (;;) {
    const kind = rest.subarray(0, 1).toString()
    if (kind === '2') {
      rest = rest.subarray(1)
      continue
    }
    const head = /^([01]):(\d+):/.exec(rest.subarray(0, 32).toString('latin1'))
    if (!head) return rest
    const at = head[0].length
    if (kind === '1') {
      const end = rest.indexOf(':', at)
      if (end < 0) return rest
      rest = rest.subarray(end + 1)
      continue
    }
    const size = Number(head[2])
    if (rest.length < at + size) return rest
    type(rest.subarray(at, at + size).toString('utf8'))
    rest = rest.subarray(at + size)
  }
}

/** Lines of the guest's console, and a login prompt that lets nobody in: there is no shell behind it. */
function serialLine(engine: Engine, { vmid }: OpenConsole, print: (text: string) => void) {
  let shown = 0
  let boot: string | null = null
  let line = ''
  const hostname = () => engine.state.vms[vmid ?? 0]?.config.name ?? 'pve1'
  return {
    /** Prints what is new; `off` when the guest is not running. */
    show(): 'on' | 'off' {
      const vm = vmid === null ? null : engine.state.vms[vmid]
      if (vmid !== null && !vm?.running) return 'off'
      const lines = vm?.guest?.console ?? ['', `${hostname()} login: `]
      if (boot !== (vm?.guest?.bootId ?? null)) {
        boot = vm?.guest?.bootId ?? null
        shown = 0
      }
      const fresh = lines.slice(shown)
      if (fresh.length > 0) print(`${shown > 0 ? '\r\n' : ''}${fresh.join('\r\n')}`)
      shown = lines.length
      return 'on'
    },
    type(text: string): void {
      for (const letter of text) {
        if (letter !== '\r' && letter !== '\n') {
          line += letter
          print(letter)
          continue
        }
        print(
          line === ''
            ? `\r\n${hostname()} login: `
            : `\r\nLogin incorrect\r\n${hostname()} login: `,
        )
        line = ''
      }
    },
  }
}

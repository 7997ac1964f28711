import type { IncomingMessage } from 'node:http'
import type { Server } from 'node:https'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { LabConsole } from '@/lib/lab/state'
import { serveScreen } from './console-screen'
import { serveTerminal } from './console-terminal'
import type { Engine } from './engine'

const PATH = /^\/api2\/(?:json|extjs)\/nodes\/([^/]+)(?:\/qemu\/(\d+))?\/vncwebsocket$/

/** An opened console: what its ticket says, and the ticket itself, which a terminal asks for again. */
export type OpenConsole = LabConsole & { ticket: string }

/**
 * Lets a host's port answer `vncwebsocket` (PVE/API2/Qemu.pm): the ticket of vncproxy or termproxy
 * opens it once, within its time, for the guest and the port that it was made for.
 */
export function serveConsoles(server: Server, engine: Engine): void {
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has('binary') ? 'binary' : false),
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? '/', 'https://lab')
    const opened = takeConsole(engine, url)
    if (typeof opened === 'string') {
      socket.end(`HTTP/1.1 ${opened}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, (client) => serve(engine, client, opened))
  })
  server.on('close', () => {
    for (const client of sockets.clients) client.terminate()
  })
}

const serve = (engine: Engine, client: WebSocket, opened: OpenConsole): void =>
  opened.screen ? serveScreen(client) : serveTerminal(engine, client, opened)

/** The console that a ticket opens, or the status line that refuses it. */
function takeConsole(engine: Engine, url: URL): OpenConsole | string {
  const match = PATH.exec(url.pathname)
  if (!match) return '501 not implemented'
  const ticket = url.searchParams.get('vncticket') ?? ''
  return engine.change(({ state, now }) => {
    const found = state.consoles?.[ticket]
    const fits =
      found !== undefined &&
      found.until > now.wall &&
      found.node === match[1] &&
      String(found.vmid ?? '') === (match[2] ?? '') &&
      String(found.port) === url.searchParams.get('port')
    if (!fits) return '401 permission denied - invalid PVEVNC ticket'
    delete state.consoles?.[ticket]
    return { ...found, ticket }
  })
}

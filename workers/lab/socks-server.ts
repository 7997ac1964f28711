import { createServer, type Server, type Socket } from 'node:net'

/** Where a CONNECT wants to go. */
export type Target = { address: string; port: number }

/** Reply codes of RFC 1928, section 6. */
const REPLY = {
  succeeded: 0,
  notAllowed: 2,
  hostUnreachable: 4,
  refused: 5,
  badCommand: 7,
} as const

/** What stands at a target: somebody who takes the connection, a closed port, or nothing. */
export type Route =
  | { kind: 'open'; accept(socket: Socket): void }
  | { kind: 'refused' }
  | { kind: 'unreachable'; afterMs: number }

/**
 * A SOCKS5 server (RFC 1928; no authentication, CONNECT only) in front of the lab's networks. No
 * address of the lab exists anywhere else: this is the only way to a guest.
 */
export function createSocksServer(
  route: (target: Target) => Route,
): Server & { closeAllConnections(): void } {
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.setNoDelay(true)
    negotiate(socket, route).catch(() => socket.destroy())
  })
  return Object.assign(server, {
    closeAllConnections() {
      for (const socket of open) socket.destroy()
    },
  })
}

async function negotiate(socket: Socket, route: (target: Target) => Route): Promise<void> {
  const read = reader(socket)
  const [version, methods] = await read(2)
  if (version !== 5) throw new Error('not SOCKS5')
  const offered = await read(methods ?? 0)
  if (!offered.includes(0)) {
    socket.end(Buffer.from([5, 0xff]))
    return
  }
  socket.write(Buffer.from([5, 0]))
  const [, command, , type] = await read(4)
  const address = await readAddress(read, type ?? 0)
  const port = (await read(2)).readUInt16BE()
  read.stop()
  if (command !== 1) reply(socket, REPLY.badCommand, true)
  else answer(socket, route({ address, port }))
}

function answer(socket: Socket, found: Route): void {
  if (found.kind === 'open') {
    reply(socket, REPLY.succeeded, false)
    found.accept(socket)
  } else if (found.kind === 'refused') reply(socket, REPLY.refused, true)
  else {
    const timer = setTimeout(() => reply(socket, REPLY.hostUnreachable, true), found.afterMs)
    socket.once('close', () => clearTimeout(timer))
  }
}

function reply(socket: Socket, code: number, end: boolean): void {
  const message = Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0])
  if (end) socket.end(message)
  else socket.write(message)
}

type Read = ((bytes: number) => Promise<Buffer>) & { stop(): void }

async function readAddress(read: Read, type: number): Promise<string> {
  if (type === 1) return [...(await read(4))].join('.')
  if (type === 3) return (await read((await read(1))[0] ?? 0)).toString('ascii')
  throw new Error('address type not supported')
}

/** Reads an exact number of bytes and leaves the rest in the socket for whoever comes next. */
function reader(socket: Socket): Read {
  let wake: (() => void) | null = null
  const onReadable = () => wake?.()
  const onClose = () => wake?.()
  socket.on('readable', onReadable)
  socket.on('close', onClose)
  const read = async (bytes: number): Promise<Buffer> => {
    if (bytes === 0) return Buffer.alloc(0)
    for (;;) {
      const data = socket.read(bytes) as Buffer | null
      if (data && data.length === bytes) return data
      if (socket.destroyed || socket.readableEnded) throw new Error('connection ended')
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return Object.assign(read, {
    stop() {
      socket.removeListener('readable', onReadable)
      socket.removeListener('close', onClose)
    },
  })
}

import { io, type Socket } from 'socket.io-client'
import type { ClientMessages, ServerMessages } from './contract'

/** The browser's end of the live connection. */
export type LiveSocket = Socket<ServerMessages, ClientMessages>

let socket: LiveSocket | null = null

/**
 * The page's one socket, on the panel's own origin; opened by the first who asks and kept for the
 * life of the page. It reconnects by itself; a refused session is tried again by `connect()` only.
 */
export function liveSocket(): LiveSocket {
  socket ??= io({ withCredentials: true, reconnectionDelayMax: 5000 })
  return socket
}

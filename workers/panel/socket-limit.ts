import type { Server } from 'socket.io'
import { PEER_HEADER } from '@/lib/auth/peer'
import type { PanelSession } from '@/lib/auth/session'

/** A page has one socket: so many tabs of one session, and so many of all people behind one address. */
export const MOST_SOCKETS = { perSession: 20, perPeer: 100 }

/** The most that a browser may send in one message, in bytes; the largest is a few hundred. */
export const MAX_MESSAGE_BYTES = 64 * 1024

/** How long an opened connection may wait before it says what it wants, in milliseconds. */
export const CONNECT_MS = 10_000

/**
 * Refuses (`too-many`) a socket beyond {@link MOST_SOCKETS}. Put on after what finds the session.
 * Counted from the sockets that are there, so that none is ever counted that is gone.
 */
export function limitSockets(io: Server, most: typeof MOST_SOCKETS = MOST_SOCKETS): void {
  io.use((socket, next) => {
    const peer = socket.handshake.headers[PEER_HEADER]
    const session = (socket.data as { session?: PanelSession }).session?.id
    let ofSession = 0
    let ofPeer = 0
    for (const other of io.sockets.sockets.values()) {
      if (other === socket) continue
      if ((other.data as { session?: PanelSession }).session?.id === session) ofSession += 1
      if (other.handshake.headers[PEER_HEADER] === peer) ofPeer += 1
    }
    const full = ofSession >= most.perSession || ofPeer >= most.perPeer
    next(full ? new Error('too-many') : undefined)
  })
}

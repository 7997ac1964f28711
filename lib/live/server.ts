import type { Server, Socket } from 'socket.io'
import { faultText } from '@/lib/api/fault-text'
import { isSameOrigin } from '@/lib/api/same-origin'
import { bestRole, mayDo, SOCKET_EVENTS } from '@/lib/auth/access'
import type { PanelSession } from '@/lib/auth/session'
import type { JobEvent } from '@/lib/jobs/journal'
import type { ClientMessages, ServerMessages } from './contract'
import type { Live } from './live'
import type { LogLine } from './log-line'

export type LiveDeps = {
  findSession(headers: Headers): Promise<PanelSession | null>
  /** The configured origin, null where browsers use host and port. */
  publicUrl: string | null
  /** Stored lines with a number above `after`, at most `limit`, and the number of the last there is. */
  readLines(
    jobId: string,
    after: number,
    limit: number,
  ): Promise<{ lines: LogLine[]; last: number }>
  /** Stored events with a number above `after`; null when there is no such job. */
  readEvents(jobId: string, after: number): Promise<JobEvent[] | null>
  log(line: string): void
}

type LiveServer = Server<ClientMessages, ServerMessages, object, { session: PanelSession }>
type LiveSocket = Socket<ClientMessages, ServerMessages, object, { session: PanelSession }>

/** The most lines that one answer to a join holds; the browser asks again from there. */
const MOST_LINES = 5000
/** How often it is asked whether a socket's session still holds, in milliseconds. */
const SESSION_CHECK_MS = 60_000

const roomOf = (jobId: string) => `job:${jobId}`

/**
 * Puts the panel's live contract on a Socket.IO server. Only browsers with a session get in
 * (`unauthorized` otherwise), and only the panel's own pages (`other-origin`): a WebSocket knows no
 * same-origin rule, and a page on another port of this machine carries the same cookies. A session
 * that ends meanwhile loses its sockets.
 */
export function attachLive(io: LiveServer, deps: LiveDeps): Live {
  io.use(async (socket, next) => {
    try {
      if (!isSameOrigin(headersOf(socket), deps.publicUrl)) return next(new Error('other-origin'))
      const session = await deps.findSession(headersOf(socket))
      if (session) socket.data.session = session
      next(session ? undefined : new Error('unauthorized'))
    } catch (error) {
      deps.log(`a socket could not be let in: ${faultText(error)}`)
      next(new Error('unavailable'))
    }
  })
  io.on('connection', (socket) => serve(socket, deps))
  const checking = setInterval(() => void dropEnded(io, deps), SESSION_CHECK_MS)
  checking.unref()

  return {
    tell(event, message) {
      const toAll = event === 'jobs-changed' || !('jobId' in message)
      const to = toAll ? io : io.to(roomOf(message.jobId))
      // The emitter's own type cannot follow a generic event name.
      ;(to.emit as (event: string, message: unknown) => void).call(to, event, message)
    },
    endSession(sessionId) {
      for (const socket of io.sockets.sockets.values())
        if (socket.data.session.id === sessionId) socket.disconnect(true)
    },
    close() {
      clearInterval(checking)
    },
  }
}

function serve(socket: LiveSocket, deps: LiveDeps): void {
  const may = (event: keyof ClientMessages) =>
    mayDo(bestRole(socket.data.session.me), SOCKET_EVENTS[event].who)

  socket.on('join-job', async (request, answer) => {
    if (!isJoin(request) || typeof answer !== 'function') return
    if (!may('join-job')) {
      answer({ ok: false, message: 'Your role may not read jobs - ask an admin of this panel.' })
      return
    }
    try {
      // In the room before the store is read: what is stored from now on arrives as a message.
      await socket.join(roomOf(request.jobId))
      const missed = await readMissed(request, deps)
      if (!missed.ok) await socket.leave(roomOf(request.jobId))
      answer(missed)
    } catch (error) {
      deps.log(`job ${request.jobId} could not be joined: ${faultText(error)}`)
      answer({
        ok: false,
        message: 'The log could not be read - the panel’s own log says why - reload the page.',
      })
    }
  })

  socket.on('leave-job', async (request) => {
    if (isRecord(request) && typeof request.jobId === 'string' && may('leave-job'))
      await socket.leave(roomOf(request.jobId))
  })
}

async function readMissed(
  { jobId, afterLine, afterSeq }: Parameters<ClientMessages['join-job']>[0],
  deps: LiveDeps,
): Promise<Parameters<Parameters<ClientMessages['join-job']>[1]>[0]> {
  const events = await deps.readEvents(jobId, afterSeq)
  if (!events) {
    return {
      ok: false,
      message: `There is no job "${jobId}" - it was removed or never existed - choose another from the list.`,
    }
  }
  const { lines, last } = await deps.readLines(jobId, afterLine, MOST_LINES)
  return { ok: true, lines, events, lastLine: last }
}

async function dropEnded(io: LiveServer, deps: LiveDeps): Promise<void> {
  for (const socket of io.sockets.sockets.values()) {
    try {
      const session = await deps.findSession(headersOf(socket))
      if (session) socket.data.session = session
      else socket.disconnect(true)
    } catch (error) {
      deps.log(`a socket's session could not be checked: ${faultText(error)}`)
    }
  }
}

/** What says whose handshake it was: its cookie, and the page that it came from. */
function headersOf(socket: LiveSocket): Headers {
  const headers = new Headers()
  for (const name of ['cookie', 'origin', 'host', 'sec-fetch-site']) {
    const value = socket.handshake.headers[name]
    if (typeof value === 'string') headers.set(name, value)
  }
  return headers
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const isCount = (value: unknown) => Number.isInteger(value) && Number(value) >= 0

/** A browser may send anything: what is no join is not answered. */
const isJoin = (request: unknown): boolean =>
  isRecord(request) &&
  typeof request.jobId === 'string' &&
  request.jobId.length <= 80 &&
  isCount(request.afterLine) &&
  isCount(request.afterSeq)

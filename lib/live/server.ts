import type { Server, Socket } from 'socket.io'
import { faultText } from '@/lib/api/fault-text'
import { Refusal } from '@/lib/api/refusal'
import { SOCKET_EVENTS } from '@/lib/auth/access'
import { admit } from '@/lib/auth/admit'
import type { Consoles } from '@/lib/auth/consoles'
import { PEER_HEADER } from '@/lib/auth/peer'
import { type FindPlace, type Place, placeNamed } from '@/lib/auth/place'
import type { NoteRefused } from '@/lib/auth/refused'
import { isSameOrigin } from '@/lib/auth/same-origin'
import { SCHEME_HEADER } from '@/lib/auth/scheme'
import { actorOf, type PanelSession } from '@/lib/auth/session'
import { maySee } from '@/lib/auth/sight'
import { type Standing, standingOf } from '@/lib/auth/standing'
import { PanelError } from '@/lib/base/errors'
import type { JobEvent } from '@/lib/jobs/journal'
import type { ClientMessages, ServerMessages } from './contract'
import type { Live } from './live'
import type { LogLine } from './log-line'
import { serveConsoles } from './server-consoles'

export type LiveDeps = {
  findSession(headers: Headers): Promise<PanelSession | null>
  /** What the people of these sessions may now; a session that ended is not in the answer. One query. */
  findStandings(sessionIds: readonly string[], now: number): Promise<ReadonlyMap<string, Standing>>
  findPlace: FindPlace
  /** Writes down that somebody was refused. */
  noteRefused: NoteRefused
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
  consoles: Consoles
  /** UTC milliseconds. */
  now(): number
  log(line: string): void
}

type Held = { session: PanelSession }
type LiveServer = Server<ClientMessages, ServerMessages, object, Held>
type LiveSocket = Socket<ClientMessages, ServerMessages, object, Held>

/** The most lines that one answer to a join holds; the browser asks again from there. */
const MOST_LINES = 5000
/** How often it is asked what the sockets' people may, in milliseconds: what was taken away holds in 5 s. */
export const STANDING_CHECK_MS = 3000

const roomOf = (jobId: string) => `job:${jobId}`

/**
 * Puts the panel's live contract on a Socket.IO server. Only browsers with a session get in
 * (`unauthorized` otherwise), and only the panel's own pages (`other-origin`): a WebSocket knows no
 * same-origin rule, and a page on another port of this machine carries the same cookies. Everybody
 * hears of what they may see, and a session that ends, or whose person may something else than when
 * it opened the socket, loses it: the browser comes again with what holds then.
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
  const checking = setInterval(checker(io, deps), STANDING_CHECK_MS)
  checking.unref()
  // One after the other, so that browsers hear things in the order in which they were stored.
  let told = Promise.resolve()

  return {
    tell(event, message) {
      if (event === 'job-lines' || event === 'job-events') {
        const { jobId } = message as { jobId: string }
        emit(io.to(roomOf(jobId)), event, message)
        return
      }
      told = told.then(() => tellSeeing(io, { event, message }, deps))
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

// The emitter's own type cannot follow a generic event name.
const emit = (to: { emit: unknown }, event: string, message: unknown) =>
  (to.emit as (event: string, message: unknown) => void).call(to, event, message)

/** Tells those who may see what it is about. */
async function tellSeeing(
  io: LiveServer,
  { event, message }: { event: string; message: object },
  { findPlace, log }: LiveDeps,
): Promise<void> {
  try {
    if (io.sockets.sockets.size === 0) return
    const place = await findPlace(...aboutOf(message))
    for (const socket of io.sockets.sockets.values())
      if (maySee(socket.data.session, place)) emit(socket, event, message)
  } catch (error) {
    log(`browsers could not be told of "${event}": ${faultText(error)}`)
  }
}

function aboutOf(message: {
  topologyId?: string
  jobId?: string
  connectionId?: string
}): [Place['kind'], string] {
  if (message.topologyId !== undefined) return ['topology', message.topologyId]
  if (message.jobId !== undefined) return ['job', message.jobId]
  return ['connection', message.connectionId ?? '']
}

function serve(socket: LiveSocket, deps: LiveDeps): void {
  /** The same judgement as a route's, by the event's own row. */
  const letIn = async (event: keyof ClientMessages, id: string): Promise<void> => {
    const access = SOCKET_EVENTS[event]
    const named = placeNamed(access.of)
    const place = named ? await deps.findPlace(named.kind, id) : null
    admit(access, socket.data.session, { place, reads: true, now: deps.now() })
  }

  socket.on('join-job', async (request, answer) => {
    if (!isJoin(request) || typeof answer !== 'function') return
    const room = roomOf(request.jobId)
    try {
      await letIn('join-job', request.jobId)
      // In the room before the store is read: what is stored from now on arrives as a message.
      await socket.join(room)
      const missed = await readMissed(request, deps)
      if (!missed.ok) await socket.leave(room)
      answer(missed)
    } catch (error) {
      await socket.leave(room)
      if (error instanceof Refusal) {
        answer({ ok: false, message: error.message })
        return noteRefusal(socket, 'join-job', request.jobId, error, deps)
      }
      deps.log(`job ${request.jobId} could not be joined: ${faultText(error)}`)
      answer({
        ok: false,
        message: 'The log could not be read - the panel’s own log says why - reload the page.',
      })
    }
  })

  socket.on('leave-job', async (request) => {
    if (!isRecord(request) || typeof request.jobId !== 'string') return
    // Nobody is kept in a room: leaving shows nothing and needs no more than the socket itself.
    await socket.leave(roomOf(request.jobId))
  })

  serveConsoles(socket, deps.consoles, {
    letIn,
    async failed(event, tried, error) {
      if (error instanceof Refusal) await noteRefusal(socket, event, tried, error, deps)
      else if (!(error instanceof PanelError))
        deps.log(`a console could not be opened: ${faultText(error)}`)
      return 'The console could not be opened - the panel’s own log says why - open it again.'
    },
  })
}

/** As of a route: a 403, and the 404 of what is hidden or not there; which of the two, nothing says. */
async function noteRefusal(
  socket: LiveSocket,
  event: keyof ClientMessages,
  tried: string,
  { status, code }: Refusal,
  deps: LiveDeps,
): Promise<void> {
  if (status !== 403 && status !== 404) return
  const actor = actorOf(socket.data.session, headersOf(socket))
  const noted = { actor, key: `socket ${event}`, code, now: deps.now() }
  await deps
    .noteRefused(status === 404 ? { ...noted, tried } : noted)
    .catch((error: unknown) =>
      deps.log(`a refused socket could not be written down: ${faultText(error)}`),
    )
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

/** Asks what all sockets' people may now, and hangs up where that is not what it was. */
function checker(io: LiveServer, deps: LiveDeps): () => void {
  let asking = false
  const check = async (): Promise<void> => {
    const sockets = [...io.sockets.sockets.values()]
    const ids = [...new Set(sockets.map(({ data }) => data.session.id))]
    const now = await deps.findStandings(ids, deps.now())
    for (const socket of sockets) {
      const { session } = socket.data
      if (now.get(session.id) !== standingOf(session.me)) socket.disconnect(true)
    }
  }
  return () => {
    if (asking || io.sockets.sockets.size === 0) return
    asking = true
    check()
      .catch((error: unknown) =>
        deps.log(`the sockets’ sessions could not be checked: ${faultText(error)}`),
      )
      .finally(() => {
        asking = false
      })
  }
}

/** What says whose handshake it was: its cookie, and the page that it came from. */
function headersOf(socket: LiveSocket): Headers {
  const headers = new Headers()
  for (const name of ['cookie', 'origin', 'host', 'sec-fetch-site', SCHEME_HEADER, PEER_HEADER]) {
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

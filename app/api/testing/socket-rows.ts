import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'
import { io as connect } from 'socket.io-client'
import { SOCKET_EVENTS } from '@/lib/auth/access'
import { findStandings } from '@/lib/auth/standing'
import { readEvents } from '@/lib/db/journal'
import { attachLive } from '@/lib/live/server'
import type { LiveSocket } from '@/lib/live/socket'
import type { Caller, SamplePanel } from './sample-panel'

/** A live server over this panel's stores, and how to open a socket at it. */
export async function sampleLive({ panel }: Pick<SamplePanel, 'panel'>) {
  const server = http.createServer()
  const io = new Server(server)
  const live = attachLive(io as never, {
    findSession: panel.findSession,
    findStandings: (ids, now) => findStandings(panel.db, ids, now),
    findPlace: panel.findPlace,
    noteRefused: panel.noteRefused,
    consoles: panel.consoles,
    publicUrl: null,
    readEvents: async (jobId, after) =>
      (await panel.db.job.findUnique({ where: { id: jobId } }))
        ? readEvents(panel.db, jobId, after)
        : null,
    readLines: async () => ({ lines: [], last: 0 }),
    now: panel.now,
    log: panel.log,
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    live,
    io,
    open: (headers: Caller): LiveSocket =>
      connect(`http://127.0.0.1:${port}`, {
        extraHeaders: headers,
        ...{ transports: ['websocket'], forceNew: true, reconnection: false },
      }),
    close: async () => {
      live.close()
      await io.close()
    },
  }
}

const NO_CONSOLE = { topologyId: 'small-lab', id: 'none', columns: 80, rows: 24 }

/** How each of these callers is answered at each socket event, as rows of the matrix. */
export async function socketRows(
  at: SamplePanel,
  people: readonly (readonly [string, Caller])[],
): Promise<string[][]> {
  const live = await sampleLive(at)
  const answers: Record<keyof typeof SOCKET_EVENTS, (socket: LiveSocket) => Promise<string>> = {
    'join-job': (socket) =>
      new Promise((resolve) =>
        socket.emit('join-job', { jobId: at.jobId, afterLine: 0, afterSeq: 0 }, (missed) =>
          resolve(missed.ok ? 'yes' : /no job/.test(missed.message) ? '404' : 'role'),
        ),
      ),
    // Not answered: whoever is let in at all may leave what they are not in.
    'leave-job': async (socket) => {
      socket.emit('leave-job', { jobId: at.jobId })
      return 'yes'
    },
    'console-attach': (socket) =>
      new Promise((resolve) =>
        socket.emit('console-attach', NO_CONSOLE, (attached) =>
          resolve(
            attached.ok || /console/.test(attached.message)
              ? 'yes'
              : /no topology/.test(attached.message)
                ? '404'
                : 'role',
          ),
        ),
      ),
    // Not answered either: they do something only to a console that this very socket attached.
    'console-input': async () => 'yes',
    'console-ack': async () => 'yes',
    'console-resize': async () => 'yes',
    'console-close': async () => 'yes',
  }
  const rows = Object.keys(SOCKET_EVENTS).map((event) => [`socket ${event}`])
  for (const [, caller] of people) {
    const socket = live.open(caller)
    const refused = await new Promise<string | null>((resolve) => {
      socket.once('connect', () => resolve(null))
      socket.once('connect_error', ({ message }) => resolve(message))
    })
    for (const [i, event] of Object.keys(SOCKET_EVENTS).entries()) {
      const word = { unauthorized: '401', 'other-origin': 'origin' }[refused ?? ''] ?? refused
      rows[i]?.push(word ?? (await answers[event as keyof typeof answers](socket)))
    }
    socket.disconnect()
  }
  await live.close()
  return rows.map((row) => [...row, '401'])
}

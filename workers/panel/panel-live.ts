import type http from 'node:http'
import { Server } from 'socket.io'
import type { Consoles } from '@/lib/auth/consoles'
import type { Panel } from '@/lib/auth/panel'
import { findStandings } from '@/lib/auth/standing'
import { findJobSummary } from '@/lib/db/job-rows'
import { readEvents } from '@/lib/db/journal'
import type { Live } from '@/lib/live/live'
import { attachLive } from '@/lib/live/server'
import { CONNECT_MS, limitSockets, MAX_MESSAGE_BYTES } from './socket-limit'

/** The sockets of the panel's own origin, answering from its stores. */
export function startLive(
  server: http.Server,
  panel: Pick<
    Panel,
    'db' | 'logs' | 'findSession' | 'findPlace' | 'noteRefused' | 'publicUrl' | 'log' | 'now'
  >,
  consoles: Consoles,
): { live: Live; close(): Promise<void> } {
  const { db, logs, findSession, findPlace, noteRefused, publicUrl, log, now } = panel
  const io = new Server<never, never, never, never>(server, {
    serveClient: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    connectTimeout: CONNECT_MS,
  })
  const live = attachLive(io as unknown as Parameters<typeof attachLive>[0], {
    findSession,
    findStandings: (sessionIds, at) => findStandings(db, sessionIds, at),
    findPlace,
    noteRefused,
    publicUrl,
    consoles,
    readLines: async (jobId, after, limit) => ({
      lines: logs.read(jobId, after, limit),
      last: logs.last(jobId),
    }),
    readEvents: async (jobId, after) =>
      (await findJobSummary(db, jobId, now())) === null ? null : readEvents(db, jobId, after),
    now,
    log,
  })
  limitSockets(io as unknown as Server)
  return {
    live,
    close: async () => {
      live.close()
      await io.close()
    },
  }
}

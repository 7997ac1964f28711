import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'
import { io as connect } from 'socket.io-client'
import { expect, onTestFinished, test } from 'vitest'
import type { Refused } from '@/lib/auth/refused'
import type { PanelSession } from '@/lib/auth/session'
import { standingOf } from '@/lib/auth/standing'
import type { JobEvent } from '@/lib/jobs/journal'
import { ConsoleRelay } from '@/workers/panel/console-relay'
import type { LogLine } from './log-line'
import { attachLive } from './server'
import type { LiveSocket } from './socket'
import { JobSubscription } from './subscribe-job'

const line = (n: number): LogLine => ({ n, at: n, stepId: null, level: 'info', text: `line ${n}` })
const event = (seq: number) =>
  ({ v: 1, jobId: 'j1', seq, epoch: 0, at: seq, type: 'cancel-asked', by: 'ada' }) as JobEvent

const sessionOf = (cookie: string): PanelSession => ({
  id: cookie,
  kind: 'browser',
  me: { id: cookie, name: cookie, role: 'viewer', grants: {} },
  confirmedAt: 0,
  expiresAt: 0,
  scopes: null,
  topologies: null,
})

/** A live server on a free port whose stores are arrays; cookies in `sessions` are let in. */
async function liveServer() {
  const stored = { lines: [] as LogLine[], events: [] as JobEvent[] }
  const sessions = new Set(['ada', 'eve'])
  const refused: Refused[] = []
  const server = http.createServer()
  const io = new Server(server)
  /** What happens between a socket's joining the room and the store being read. */
  let duringJoin = () => {}
  const live = attachLive(io as never, {
    findSession: async (headers) => {
      const cookie = headers.get('cookie') ?? ''
      return sessions.has(cookie) ? sessionOf(cookie) : null
    },
    findStandings: async (ids) =>
      new Map(
        ids.flatMap((id) =>
          sessions.has(id) ? [[id, standingOf(sessionOf(id).me)] as const] : [],
        ),
      ),
    findPlace: async (kind, id) => ({ kind, id, topologies: ['t'], ofPanel: false }),
    noteRefused: async (each) => void refused.push(each),
    consoles: new ConsoleRelay({
      ask: () => Promise.reject(new Error('no provisioner')),
      send: () => undefined,
      note: async () => undefined,
      changed: () => undefined,
      ...{ now: () => 0, log: () => undefined },
    }),
    now: () => 0,
    publicUrl: 'https://panel.example',
    readEvents: async (jobId, after) => {
      duringJoin()
      return jobId === 'j1' ? stored.events.filter(({ seq }) => seq > after) : null
    },
    readLines: async (_, after, limit) => ({
      lines: stored.lines.filter(({ n }) => n > after).slice(0, limit),
      last: stored.lines.at(-1)?.n ?? 0,
    }),
    log: (text) => {
      throw new Error(text)
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  onTestFinished(async () => {
    live.close()
    await io.close()
  })
  return {
    live,
    io,
    stored,
    refused,
    /** Stores lines, then sends them, as the panel does. */
    append(from: number, to: number) {
      const lines = Array.from({ length: to - from + 1 }, (_, i) => line(from + i))
      stored.lines.push(...lines)
      live.tell('job-lines', { jobId: 'j1', lines })
    },
    whileJoining(act: () => void) {
      duringJoin = () => {
        duringJoin = () => {}
        act()
      }
    },
    port,
    /** `origin`: of the page that opens the socket; a program that is no browser has none. */
    browser(cookie: string, origin?: string): LiveSocket {
      const socket = connect(`http://127.0.0.1:${port}`, {
        extraHeaders: { cookie, ...(origin === undefined ? {} : { origin }) },
        ...(origin === undefined ? {} : { transports: ['websocket'] }),
        reconnectionDelay: 10,
        forceNew: true,
      })
      onTestFinished(() => {
        socket.disconnect()
      })
      return socket
    },
  }
}

/** Resolves when the subscription's state is so; fails by the test's own time limit otherwise. */
function follow(socket: LiveSocket, jobId = 'j1') {
  const watchers = new Set<() => void>()
  const subscription = new JobSubscription(socket, jobId, () => {
    for (const watcher of watchers) watcher()
  })
  onTestFinished(() => subscription.stop())
  const until = (holds: (state: typeof subscription.state) => boolean) =>
    new Promise<typeof subscription.state>((resolve) => {
      const look = () => {
        if (holds(subscription.state)) resolve(subscription.state)
      }
      watchers.add(look)
      look()
    })
  return { subscription, until }
}
const numbers = (lines: readonly LogLine[]) => lines.map(({ n }) => n)
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1)

test.each(['', 'mallory'])('a socket with the cookie %j is refused', async (cookie) => {
  const { browser } = await liveServer()
  const socket = browser(cookie)
  const error = await new Promise<Error>((resolve) => socket.once('connect_error', resolve))
  expect(error.message).toBe('unauthorized')
})

test('what was stored comes first, what is stored meanwhile is neither lost nor repeated', async () => {
  const server = await liveServer()
  server.append(1, 3)
  server.stored.events.push(event(1))
  server.whileJoining(() => server.append(4, 6))
  const { until } = follow(server.browser('ada'))
  await until(({ status }) => status === 'live')
  server.append(7, 9)
  const { lines, events } = await until(({ lastLine }) => lastLine === 9)
  expect(numbers(lines)).toEqual(upTo(9))
  expect(events).toHaveLength(1)
})

test('a log longer than one answer is asked for until it is whole', async () => {
  const server = await liveServer()
  server.append(1, 12_001)
  const { until } = follow(server.browser('ada'))
  const { lines } = await until(({ status }) => status === 'live')
  expect(numbers(lines)).toEqual(upTo(12_001))
})

test('after the line was down the browser goes on where it was', async () => {
  const server = await liveServer()
  server.append(1, 2)
  const socket = server.browser('ada')
  const { until } = follow(socket)
  await until(({ status }) => status === 'live')
  socket.io.engine.close()
  await until(({ status }) => status === 'reconnecting')
  server.append(3, 5)
  server.stored.events.push(event(1))
  const { lines, events } = await until(
    ({ status, lastLine }) => status === 'live' && lastLine === 5,
  )
  expect(numbers(lines)).toEqual(upTo(5))
  expect(events).toHaveLength(1)
})

test('a batch that never arrived is fetched, not skipped', async () => {
  const server = await liveServer()
  const { until } = follow(server.browser('ada'))
  await until(({ status }) => status === 'live')
  server.stored.lines.push(line(1), line(2))
  server.append(3, 3)
  expect(numbers((await until(({ lastLine }) => lastLine === 3)).lines)).toEqual([1, 2, 3])
})

test('a job that does not exist says so, and its room is left', async () => {
  const server = await liveServer()
  const { until } = follow(server.browser('ada'), 'gone')
  const { error } = await until((state) => state.error !== null)
  expect(error).toContain('no job "gone"')
  expect(server.io.sockets.adapter.rooms.has('job:gone')).toBe(false)
})

test('lines go to those who joined, everything else to everybody', async () => {
  const server = await liveServer()
  const [ada, eve] = [server.browser('ada'), server.browser('eve')]
  const { until } = follow(ada)
  const heard: string[] = []
  eve.onAny((name: string) => heard.push(name))
  await until(({ status }) => status === 'live')
  const told = new Promise((resolve) => eve.once('revision', resolve))
  server.append(1, 1)
  server.live.tell('jobs-changed', { jobId: 'j1' })
  server.live.tell('revision', { topologyId: 't', number: 2, author: 'ada' })
  await told
  expect(heard).toEqual(['jobs-changed', 'revision'])
})

test('a session that ends takes its sockets with it, and no other', async () => {
  const server = await liveServer()
  const [ada, eve] = [server.browser('ada'), server.browser('eve')]
  await Promise.all(
    [ada, eve].map((each) => new Promise((done) => each.once('connect', () => done(0)))),
  )
  const gone = new Promise((resolve) => ada.once('disconnect', resolve))
  server.live.endSession('ada')
  expect(await gone).toBe('io server disconnect')
  expect(eve.connected).toBe(true)
})

test.each([
  [null],
  [{}],
  [{ jobId: 1, afterLine: 0, afterSeq: 0 }],
  [{ jobId: 'j1', afterLine: -1, afterSeq: 0 }],
  [{ jobId: 'j1', afterLine: '0', afterSeq: 0 }],
])('what is no join (%j) changes nothing', async (request) => {
  const server = await liveServer()
  const socket = server.browser('ada')
  const raw = socket as unknown as { emit(event: string, ...rest: unknown[]): void }
  raw.emit('join-job', request, () => {
    throw new Error('answered')
  })
  raw.emit('leave-job', request)
  const { until } = follow(socket)
  await until(({ status }) => status === 'live')
})

test('a page of another site, or of another port of this machine, is not let in with our cookie', async () => {
  const { browser, port } = await liveServer()
  const outcome = (origin: string) =>
    new Promise<string>((resolve) => {
      const socket = browser('ada', origin)
      socket.once('connect', () => resolve('connected'))
      socket.once('connect_error', (error) => resolve(error.message))
    })
  for (const origin of ['https://evil.example', `http://127.0.0.1:${port + 1}`, 'null'])
    expect(await outcome(origin), origin).toBe('other-origin')
  for (const origin of [`http://127.0.0.1:${port}`, 'https://panel.example'])
    expect(await outcome(origin), origin).toBe('connected')
})

import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'
import { io as connect } from 'socket.io-client'
import { expect, onTestFinished, test, vi } from 'vitest'
import { findStandings } from '@/lib/auth/standing'
import { cookieFor, makePerson, type Person } from '@/lib/auth/testing/callers'
import { ask, tempPanel } from '@/lib/auth/testing/temp-panel'
import { enqueueJob } from '@/lib/db/jobs'
import { readEvents } from '@/lib/db/journal'
import { SMALL } from '@/lib/db/testing/document'
import { createTopology } from '@/lib/db/topologies'
import { attachLive } from '@/lib/live/server'
import type { LiveSocket } from '@/lib/live/socket'
import * as jobs from './jobs/route'

/** A panel with two topologies and its live server, whose own timer only moves when it is told to. */
async function livePanel() {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const { panel } = await tempPanel()
  const { db } = panel
  const actor = { id: null, name: 'test', via: 'box', from: null } as const
  for (const text of [SMALL, SMALL.replace('name: Small lab', 'name: Attic')])
    await createTopology(db, { text, actor, message: '', now: 1 })
  const server = http.createServer()
  const io = new Server(server)
  const live = attachLive(io as never, {
    findSession: panel.findSession,
    findStandings: (ids, now) => findStandings(db, ids, now),
    findPlace: panel.findPlace,
    noteRefused: panel.noteRefused,
    consoles: panel.consoles,
    publicUrl: null,
    readEvents: (jobId, after) => readEvents(db, jobId, after),
    readLines: async () => ({ lines: [], last: 0 }),
    now: panel.now,
    log: panel.log,
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    live.close()
    await io.close()
  })
  const open = async (cookie: string): Promise<LiveSocket> => {
    const socket: LiveSocket = connect(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      { extraHeaders: { cookie }, transports: ['websocket'], forceNew: true, reconnection: false },
    )
    onTestFinished(() => {
      socket.disconnect()
    })
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('connect_error', reject)
    })
    return socket
  }
  const enter = async (person: Person) => {
    const id = await makePerson(panel, person)
    const cookie = await cookieFor(panel, id)
    return { id, cookie, socket: await open(cookie) }
  }
  return { panel, live, open, enter }
}
const hungUp = (socket: LiveSocket) =>
  new Promise<string>((resolve) => socket.once('disconnect', resolve))
const ADA = { name: 'ada', role: 'member', grants: { 'small-lab': 'operator' } } as const

test.each([
  ['its session is revoked', (db, id) => db.session.deleteMany({ where: { userId: id } }), 401],
  [
    'its session ends',
    (db, id) => db.session.updateMany({ where: { userId: id }, data: { expiresAt: new Date(1) } }),
    401,
  ],
  [
    'the account is switched off',
    (db, id) => db.user.update({ where: { id }, data: { disabled: true } }),
    401,
  ],
  [
    'the role changes',
    (db, id) => db.user.update({ where: { id }, data: { role: 'viewer' } }),
    200,
  ],
  [
    'what was shared is lowered',
    (db, id) => db.topologyGrant.updateMany({ where: { userId: id }, data: { role: 'viewer' } }),
    200,
  ],
  [
    'what was shared is taken back',
    (db, id) => db.topologyGrant.deleteMany({ where: { userId: id } }),
    200,
  ],
] satisfies [
  string,
  (db: Awaited<ReturnType<typeof livePanel>>['panel']['db'], id: string) => Promise<unknown>,
  number,
][])(
  'a stolen cookie holds no open socket for 5 s after %s, nor a request',
  async (_, take, http) => {
    const { panel, enter, open } = await livePanel()
    const ada = await enter(ADA)
    const eve = await enter({ ...ADA, name: 'eve' })
    const gone = hungUp(ada.socket)
    // As another process does it: nobody tells the sockets.
    await take(panel.db, ada.id)
    vi.advanceTimersByTime(5000)
    expect(await gone).toBe('io server disconnect')
    expect(eve.socket.connected).toBe(true)
    expect((await ask(jobs.GET, { cookie: ada.cookie })).status).toBe(http)
    const again = await open(ada.cookie).then(
      () => 200,
      () => 401,
    )
    expect(again).toBe(http)
  },
)

test('as long as nothing changes nobody is hung up on, and one query does for all', async () => {
  const { panel, enter } = await livePanel()
  const people = [await enter(ADA), await enter({ ...ADA, name: 'eve' })]
  const asked = vi.spyOn(panel.db, '$queryRaw')
  vi.advanceTimersByTime(3000)
  expect(asked).toHaveBeenCalledTimes(1)
  await asked.mock.results[0]?.value
  for (const { socket } of people) expect(socket.connected).toBe(true)
})

test('everybody hears of what they may see, and of nothing else', async () => {
  const { panel, live, enter } = await livePanel()
  await panel.db.connection.create({
    data: {
      ...{ id: 'lab', name: 'Lab', kind: 'proxmox', url: 'https://127.0.0.1:1', tokenId: 'x' },
      ...{ dialerJson: '{}', helmPath: 'helm', createdAt: new Date(1), stateJson: '{}' },
    },
  })
  const job = (topologyId: string) =>
    enqueueJob(panel.db, { kind: 'refresh', title: 'Look', by: 'test', topologyId }, 1)
  const [mine, theirs] = [await job('small-lab'), await job('attic')]
  const people = {
    ada: await enter(ADA),
    nobody: await enter({ name: 'nobody', role: 'member' }),
    viewer: await enter({ name: 'vic', role: 'viewer', grants: { 'small-lab': 'member' } }),
  }
  const heard = Object.fromEntries(
    Object.entries(people).map(([name, { socket }]) => {
      const all: string[] = []
      socket.onAny((event: string, message: object) =>
        all.push(`${event} ${Object.values(message)[0]}`),
      )
      return [name, all]
    }),
  )
  for (const t of ['small-lab', 'attic']) {
    live.tell('revision', { topologyId: t, number: 2, author: 'x' })
    live.tell('observed', { topologyId: t, at: 1 })
    live.tell('layout', { topologyId: t })
  }
  for (const jobId of [mine, theirs]) live.tell('jobs-changed', { jobId })
  live.tell('connections-changed', { connectionId: 'lab' })
  live.tell('connections-changed', { connectionId: 'spare' })
  // What is joined comes after all that was told before, on the same wire.
  const join = (socket: LiveSocket, jobId: string) =>
    new Promise<{ ok: boolean }>((resolve) =>
      socket.emit('join-job', { jobId, afterLine: 0, afterSeq: 0 }, resolve),
    )
  await vi.waitFor(() => expect(heard.viewer?.at(-1)).toBe('connections-changed spare'))
  const told = (t: string, jobId: string) => [
    ...[`revision ${t}`, `observed ${t}`, `layout ${t}`, `jobs-changed ${jobId}`],
  ]
  expect(await join(people.ada.socket, theirs)).toEqual(await join(people.ada.socket, theirs))
  expect(heard.ada?.toSorted()).toEqual(
    [...told('small-lab', mine), 'connections-changed lab'].toSorted(),
  )
  expect(heard.nobody).toEqual([])
  expect(heard.viewer?.toSorted()).toEqual(
    [
      ...told('attic', theirs),
      ...['connections-changed lab', 'connections-changed spare'],
    ].toSorted(),
  )
})

test('a job that somebody may not see is joined as one that is not there', async () => {
  const { panel, live, enter } = await livePanel()
  const job = { kind: 'refresh', title: 'Look', by: 'test' } as const
  const hidden = await enqueueJob(panel.db, { ...job, topologyId: 'attic' }, 1)
  const seen = await enqueueJob(panel.db, { ...job, topologyId: 'small-lab' }, 1)
  const { socket } = await enter(ADA)
  const join = (jobId: string) =>
    new Promise<Record<string, unknown>>((resolve) =>
      socket.emit('join-job', { jobId, afterLine: 0, afterSeq: 0 }, resolve),
    )
  const told: string[] = []
  socket.on('job-events', ({ jobId }) => told.push(jobId))
  const [no, gone] = [await join(hidden), await join('0000000000000000')]
  expect(no.ok).toBe(false)
  expect(String(no.message).replace(hidden, '0000000000000000')).toBe(gone.message)
  expect(await join(seen)).toMatchObject({ ok: true })
  for (const jobId of [hidden, seen]) live.tell('job-events', { jobId, events: [] })
  await vi.waitFor(() => expect(told).toEqual([seen]))
})

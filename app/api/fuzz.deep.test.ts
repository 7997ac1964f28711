import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SOCKET_EVENTS } from '@/lib/auth/access'
import { makeFindCaller } from '@/lib/auth/find-caller'
import type { Panel } from '@/lib/auth/panel'
import type { LiveSocket } from '@/lib/live/socket'
import { deepRun } from '@/scripts/test/deep-run'
import { call, type Endpoint, everyEndpoint, partsOf } from './testing/every-route'
import {
  hostileBody,
  hostileHeaders,
  hostileJson,
  hostileQuery,
  hostileText,
} from './testing/hostile'
import { type Caller, sampleCallers, samplePanel } from './testing/sample-panel'
import { sampleLive } from './testing/socket-rows'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const heapMib = () => {
  collect()
  return process.memoryUsage().heapUsed / 1024 / 1024
}
/** What may stay behind of thousands of requests: caches that have a bound of their own. */
const MOST_GROWTH_MIB = 48
/** So often what requests took away, such as sessions, is put back, so that most stay let in. */
const PUT_BACK_EVERY = 25

type Case = {
  endpoint: Endpoint
  caller: Caller
  params: Record<string, string | string[] | undefined>
  query: string
  headers: Record<string, string>
  body: string | undefined
}

function anyCase(
  endpoints: readonly Endpoint[],
  callers: ReadonlyMap<string, Caller>,
  ids: string[],
) {
  const part = fc.oneof(
    { arbitrary: fc.constantFrom('small-lab', 'lab', '1', 'cancel', 'retry', ...ids), weight: 5 },
    { arbitrary: hostileText, weight: 3 },
    { arbitrary: fc.constantFrom<undefined | string[]>(undefined, ['a', 'b']), weight: 1 },
  )
  const names = [...new Set(endpoints.flatMap(({ path }) => partsOf(path)))]
  return fc.constantFrom(...endpoints).chain((endpoint) =>
    fc.record({
      endpoint: fc.constant(endpoint),
      caller: fc
        .oneof(
          { arbitrary: fc.constantFrom('admin', 'phone+', 'admin@t'), weight: 3 },
          { arbitrary: fc.constantFrom(...callers.keys()), weight: 1 },
        )
        .map((name) => callers.get(name) ?? {}),
      params: fc.record(Object.fromEntries(names.map((name) => [name, part]))),
      query: hostileQuery,
      headers: fc.oneof({ arbitrary: fc.constant({}), weight: 3 }, hostileHeaders),
      body: hostileBody(endpoint.key),
    }),
  )
}

/** Only what is there to be put back; rows that a case made stay. */
async function keeperOf({ db }: Pick<Panel, 'db'>) {
  const [sessions, tokens] = [await db.session.findMany(), await db.apiToken.findMany()]
  return async () => {
    await db.session.deleteMany()
    await db.session.createMany({ data: sessions })
    await db.apiToken.deleteMany()
    await db.apiToken.createMany({ data: tokens })
  }
}

test('whatever is sent to whatever route is answered, never with a fault of ours', async (context) => {
  const { cases, seed } = deepRun(context, { sample: 300, full: 10_000 })
  const at = await samplePanel()
  // One caller asks more in a minute here than the panel lets.
  at.panel.findCaller = makeFindCaller({ ...at.panel, calls: { refuseTooMany: () => {} } })
  const callers = await sampleCallers(at)
  const endpoints = await everyEndpoint()
  const putBack = await keeperOf(at.panel)
  const answers = new Map<number, number>()
  let ran = 0
  let before = 0
  await fc.assert(
    fc.asyncProperty(anyCase(endpoints, callers, [at.jobId, at.destroyId]), async (sent: Case) => {
      if (ran % PUT_BACK_EVERY === 0) await putBack()
      if (ran === Math.floor(cases / 5)) before = heapMib()
      ran++
      const params = Object.fromEntries(
        partsOf(sent.endpoint.path).map((name) => [name, sent.params[name]]),
      )
      const response = await call(sent.endpoint, {
        ...{ params, url: `/api${sent.query}`, headers: { ...sent.caller, ...sent.headers } },
        ...(sent.body === undefined ? {} : { body: sent.body }),
      })
      const text = await response.text()
      answers.set(response.status, (answers.get(response.status) ?? 0) + 1)
      // Asked of a provisioner that is not there.
      if (response.status === 503) expect(text).toContain('worker.away')
      else expect(response.status, text).toBeLessThan(500)
      expect(text).not.toMatch(/\bat .+:\d+:\d+\)?$|node_modules|Prisma|SQLITE/m)
      expect(Object.keys(Object.prototype)).toEqual([])
    }),
    { numRuns: cases, seed, endOnFailure: false },
  )
  const grown = heapMib() - before
  Object.assign(context.task.meta, {
    grownMib: Math.round(grown),
    answers: Object.fromEntries(answers),
  })
  expect(grown).toBeLessThan(MOST_GROWTH_MIB)
  // Most of it has to get past the door to be worth anything.
  expect((answers.get(401) ?? 0) / cases).toBeLessThan(0.5)
  expect((answers.get(200) ?? 0) + (answers.get(404) ?? 0)).toBeGreaterThan(cases / 20)
})

test('whatever comes over a socket changes nothing for anybody else', async (context) => {
  const { cases, seed } = deepRun(context, { sample: 300, full: 10_000 })
  const at = await samplePanel()
  const callers = await sampleCallers(at)
  const live = await sampleLive(at)
  const [bad, good] = [
    live.open(callers.get('admin') ?? {}),
    live.open(callers.get('viewer') ?? {}),
  ]
  const connected = (socket: LiveSocket) =>
    socket.connected || new Promise((resolve) => socket.once('connect', () => resolve(true)))
  await connected(good)
  const join = () =>
    new Promise<{ ok: boolean }>((resolve) =>
      good.emit('join-job', { jobId: at.jobId, afterLine: 0, afterSeq: 0 }, resolve),
    )
  const raw = bad as unknown as { emit(event: string, ...rest: unknown[]): void }
  const name = fc.oneof(
    { arbitrary: fc.constantFrom(...Object.keys(SOCKET_EVENTS)), weight: 4 },
    { arbitrary: hostileText.filter((text) => !RESERVED.has(text)), weight: 1 },
  )
  const request = fc.oneof(
    hostileJson,
    fc.record({
      jobId: fc.oneof(fc.constant(at.jobId), hostileText),
      afterLine: hostileJson,
      afterSeq: hostileJson,
    }),
    fc.record({
      jobId: fc.oneof(fc.constant(at.jobId), hostileText),
      afterLine: fc.nat(),
      afterSeq: fc.nat(),
    }),
    fc.uint8Array({ maxLength: 50 }),
  )
  let before = 0
  let ran = 0
  await fc.assert(
    fc.asyncProperty(
      name,
      fc.array(request, { maxLength: 3 }),
      fc.boolean(),
      async (event, sent, asks) => {
        if (!bad.connected) bad.connect()
        await connected(bad)
        raw.emit(event, ...sent, ...(asks ? [() => {}] : []))
        // Straight onto the wire, where no library keeps its form.
        if (ran % 20 === 0) bad.io.engine.write(JSON.stringify(sent[0])?.slice(1) ?? '4["')
        if (ran === Math.floor(cases / 5)) before = heapMib()
        ran++
        expect((await join()).ok).toBe(true)
      },
    ),
    { numRuns: cases, seed },
  )
  const grown = heapMib() - before
  Object.assign(context.task.meta, { grownMib: Math.round(grown) })
  expect(grown).toBeLessThan(MOST_GROWTH_MIB)
  for (const socket of [bad, good]) socket.disconnect()
  await live.close()
})

/** Names that the client's library keeps for itself. */
const RESERVED = new Set([
  ...['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'],
])

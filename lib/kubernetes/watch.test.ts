import { expect, test } from 'vitest'
import { KubernetesError } from './errors'
import { type WatchEvent, type WatchSource, watch } from './watch'

const object = (name: string, version: number) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, resourceVersion: String(version) },
})
const line = (type: string, name: string, version: number) =>
  JSON.stringify({ type, object: object(name, version) })
const GONE = JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410 } })
const away = () => new KubernetesError('kubernetes.unreachable', 'nobody there')

/** A server that answers each request for lines with the next of these; the last stays open. */
function serverOf(streams: (string[] | Error)[], lists: string[][] = [['a']]) {
  const asked: string[] = []
  let [listed, streamed] = [0, 0]
  const source: WatchSource = {
    async snapshot() {
      const names = lists[Math.min(listed, lists.length - 1)] ?? []
      listed += 1
      asked.push('list')
      return { items: names.map((name) => object(name, listed * 10)), version: `${listed * 10}` }
    },
    async *lines(_path, version, signal) {
      asked.push(`from ${version}`)
      const stream = streams[streamed]
      streamed += 1
      if (stream instanceof Error) throw stream
      yield* stream ?? []
      if (streamed < streams.length) return
      signal.throwIfAborted()
      await new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason)),
      )
    },
  }
  return { source, asked }
}

/** What a watch tells until it has told so much. */
async function collect(source: WatchSource, count: number): Promise<string[]> {
  const controller = new AbortController()
  const told: string[] = []
  const options = { signal: controller.signal, pauseMs: 2, longestPauseMs: 8 }
  for await (const event of watch(source, '/api/v1/nodes', options)) {
    told.push(textOf(event))
    if (told.length === count) controller.abort()
  }
  return told
}

const textOf = (event: WatchEvent) =>
  event.type === 'listed'
    ? `listed ${event.objects.map(({ metadata }) => metadata.name).join()}`
    : `${event.type} ${event.object.metadata.name}`

test('it tells what there is and what happens, and goes on where an ended stream was', async () => {
  const { source, asked } = serverOf([
    [line('ADDED', 'b', 11), line('BOOKMARK', '', 15)],
    [line('DELETED', 'b', 16), line('MODIFIED', 'a', 17)],
  ])
  expect(await collect(source, 4)).toEqual(['listed a', 'added b', 'deleted b', 'modified a'])
  expect(asked).toEqual(['list', 'from 10', 'from 15'])
})

test('a version that is too old makes it list again, said in the stream or by the status', async () => {
  const tooOld = new KubernetesError('kubernetes.failed', 'too old', { status: 410 })
  const { source, asked } = serverOf([[GONE], tooOld, [line('ADDED', 'c', 31)]], [['a'], ['b']])
  expect(await collect(source, 4)).toEqual(['listed a', 'listed b', 'listed b', 'added c'])
  expect(asked).toEqual(['list', 'from 10', 'list', 'from 20', 'list', 'from 30'])
})

test('while nothing answers it waits and tries again from the same version', async () => {
  const { source, asked } = serverOf([away(), away(), [line('ADDED', 'b', 11)]])
  expect(await collect(source, 2)).toEqual(['listed a', 'added b'])
  expect(asked).toEqual(['list', 'from 10', 'from 10', 'from 10'])
})

test('what waiting does not change is thrown', async () => {
  const forbidden = new KubernetesError('kubernetes.forbidden', 'no', { status: 403 })
  await expect(collect(serverOf([forbidden]).source, 2)).rejects.toBe(forbidden)
})

test('its signal ends it, also in a pause', async () => {
  const { source } = serverOf([away(), away()])
  const controller = new AbortController()
  const told: WatchEvent[] = []
  const options = { signal: controller.signal, pauseMs: 60_000 }
  for await (const event of watch(source, '/api/v1/nodes', options)) {
    told.push(event)
    setTimeout(() => controller.abort(), 10)
  }
  expect(told).toHaveLength(1)
})

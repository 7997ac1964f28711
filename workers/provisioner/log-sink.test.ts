import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { KnownSecrets } from '@/lib/base/mask'
import { LogStore } from '@/lib/db/log-store'
import { LogSink } from './log-sink'

let folder: string
let store: LogStore
let jobs = 0
const known = new KnownSecrets()
known.add('hush-hush-hush')

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'drawbridge-sink-'))
  store = LogStore.open(folder)
})
afterAll(() => {
  store.close()
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  jobs += 1
})

const sink = () =>
  new LogSink({ jobId: `j${jobs}`, store, known, tell: () => undefined, now: () => 1 })
const texts = () => store.read(`j${jobs}`, 0, 10_000).map(({ text }) => text)

/** One attempt that got so far with the output before its worker was killed. */
function attempt(retried: boolean, output: readonly string[], heading = 'It runs as u1.') {
  const log = sink()
  log.write('init', retried ? 'Initialise, try 2' : 'Initialise')
  const line = log.replay('init', heading, retried)
  log.write('other', 'one')
  for (const each of output) line(each)
  log.flush()
}

const OUTPUT = ['one', 'key hush-hush-hush', 'two', 'two', 'three']

test.each([0, 1, 2, 3, 4, 5])(
  'output read again after %i lines has no gap and no repeat',
  (cut) => {
    attempt(false, OUTPUT.slice(0, cut))
    attempt(true, OUTPUT)
    const own = store
      .read(`j${jobs}`, 0, 100)
      .filter(({ stepId }) => stepId === 'init')
      .map(({ text }) => text)
    expect(own.filter((text) => !text.startsWith('Initialise'))).toEqual([
      ...['It runs as u1.', 'one', 'key [secret]', 'two', 'two', 'three'],
    ])
  },
)

test('an attempt of another unit logs everything, though it says the same', () => {
  attempt(false, ['one', 'failed'], 'It runs as u1.')
  attempt(true, ['one', 'done'], 'It runs as u2.')
  expect(texts().filter((text) => text === 'one')).toHaveLength(4)
  expect(texts()).toContain('It runs as u2.')
})

test('a log longer than a page is searched to its end', () => {
  const long = Array.from({ length: 2500 }, (_, n) => `line ${n}`)
  attempt(false, long)
  attempt(true, [...long, 'last'])
  expect(texts().filter((text) => text.startsWith('line'))).toEqual(long)
  expect(texts().at(-1)).toBe('last')
})

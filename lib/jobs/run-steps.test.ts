import { expect, test } from 'vitest'
import { PanelError } from '@/lib/base/errors'
import { PENDING_STEP } from './fold'
import { type RunOptions, runSteps } from './run-steps'
import type { StepRecord } from './step-record'

type TestStep = { id: string; needs: string[]; lasts: number; locks: string[] }
const step = (id: string, needs: string[] = [], lasts = 1, locks: string[] = []): TestStep => ({
  ...{ id, needs, lasts, locks },
})

class Refused extends PanelError {
  readonly code = 'test.refused'
}
class Busy extends PanelError {
  readonly code = 'test.busy'
  override readonly transient = true
}

function setup(over: Partial<RunOptions<TestStep>> = {}, limit = 9) {
  const journal: StepRecord[] = []
  const ran: string[] = []
  const delays: number[] = []
  const options: RunOptions<TestStep> = {
    async perform({ id }) {
      ran.push(id)
      return { changed: true }
    },
    async record(event) {
      journal.push(event)
    },
    history: {},
    claimsOf: ({ locks }) => ({ locks, groups: [{ name: 'all', limit }] }),
    durationOf: ({ lasts }) => lasts,
    retry: { attempts: 3, firstDelayMs: 100, maxDelayMs: 150 },
    async sleep(ms) {
      delays.push(ms)
    },
    signal: new AbortController().signal,
    ...over,
  }
  const types = () => journal.map((event) => `${event.type} ${event.stepId}`)
  return { options, journal, ran, delays, types }
}

test('needs come first', async () => {
  const { options, ran } = setup()
  expect(await runSteps([step('start', ['clone']), step('clone')], options)).toBe('succeeded')
  expect(ran).toEqual(['clone', 'start'])
})

test('with one hand, the longest remaining chain goes first', async () => {
  const { options, ran } = setup({}, 1)
  await runSteps([step('short', [], 3), step('head', [], 1), step('tail', ['head'], 9)], options)
  expect(ran).toEqual(['head', 'tail', 'short'])
})

test('a failure holds up what needs it; other branches go on and the job fails', async () => {
  const { options, types } = setup({
    async perform({ id }) {
      if (id === 'a') throw new Refused('no')
      return { changed: true }
    },
  })
  const steps = [step('a'), step('b', ['a']), step('c'), step('d', ['c'])]
  expect(await runSteps(steps, options)).toBe('failed')
  expect(types()).toContain('step-failed a')
  expect(types()).toContain('step-succeeded d')
  expect(types()).not.toContain('step-started b')
})

test('a second run skips what is done and resumes from the notes of what is not', async () => {
  const seen: string[] = []
  const { options } = setup({
    history: {
      net: { ...PENDING_STEP, status: 'succeeded' },
      skipped: { ...PENDING_STEP, status: 'skipped' },
      clone: { ...PENDING_STEP, status: 'running', notes: { upid: 'UPID:7' } },
    },
    async perform({ id }, { notes }) {
      seen.push(`${id} ${notes.get('upid')}`)
      return { changed: true }
    },
  })
  const steps = [step('net'), step('skipped'), step('clone', ['net', 'skipped'])]
  expect(await runSteps(steps, options)).toBe('succeeded')
  expect(seen).toEqual(['clone UPID:7'])
})

test('an exclusive lock is held by one at a time, until it is released early', async () => {
  const [holding, most] = await holdersAtOnce(false)
  expect([holding, most]).toEqual([0, 1])
  const [, mostReleased] = await holdersAtOnce(true)
  expect(mostReleased).toBe(2)
})

async function holdersAtOnce(release: boolean) {
  let [now, most] = [0, 0]
  const { options } = setup({
    async perform(_, hand) {
      most = Math.max(most, ++now)
      if (release) hand.release('s')
      await new Promise((done) => setImmediate(done))
      await new Promise((done) => setImmediate(done))
      now--
      return { changed: true }
    },
  })
  const steps = [step('a', [], 1, ['s']), step('b', [], 1, ['s'])]
  expect(await runSteps(steps, options)).toBe('succeeded')
  return [now, most]
}

test('no more than the limit are in flight', async () => {
  let [now, most] = [0, 0]
  const { options } = setup(
    {
      async perform() {
        most = Math.max(most, ++now)
        await new Promise((done) => setImmediate(done))
        now--
        return { changed: true }
      },
    },
    2,
  )
  await runSteps(
    ['a', 'b', 'c', 'd', 'e'].map((id) => step(id)),
    options,
  )
  expect(most).toBe(2)
})

test('a transient failure is tried again, later each time, and then it counts', async () => {
  const { options, types, delays } = setup({
    async perform() {
      throw new Busy('locked')
    },
  })
  expect(await runSteps([step('a')], options)).toBe('failed')
  expect(types()).toEqual(['step-started a', 'step-retrying a', 'step-retrying a', 'step-failed a'])
  expect(delays).toEqual([100, 150])
})

test('cancelling starts nothing new and leaves the step in flight to be taken up', async () => {
  const controller = new AbortController()
  const { options, types } = setup({
    signal: controller.signal,
    async perform({ id }, { notes }) {
      if (id === 'a') {
        await notes.set('upid', 'U')
        controller.abort()
        throw new Refused('cut off')
      }
      return { changed: true }
    },
  })
  expect(await runSteps([step('a'), step('b', ['a'])], options)).toBe('cancelled')
  expect(types()).toEqual(['step-started a', 'step-noted a'])
})

test('a bug is thrown once nothing is in flight, not filed as a step failure', async () => {
  let finished = false
  const { options } = setup({
    async perform({ id }) {
      if (id === 'a') throw new TypeError('undefined is not a function')
      await new Promise((done) => setImmediate(done))
      finished = true
      return { changed: true }
    },
  })
  await expect(runSteps([step('a'), step('b')], options)).rejects.toThrow(TypeError)
  expect(finished).toBe(true)
})

test('everything is journalled before it is acted on', async () => {
  const order: string[] = []
  const { options } = setup({
    async record(event) {
      await new Promise((done) => setImmediate(done))
      order.push(event.type)
    },
    async perform() {
      order.push('perform')
      return { changed: false }
    },
  })
  await runSteps([step('a')], options)
  expect(order).toEqual(['step-started', 'perform', 'step-succeeded'])
})

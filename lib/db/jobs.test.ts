import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { foldJob } from '@/lib/jobs/fold'
import type { Plan } from '@/lib/plan/plan'
import { claimNext, finishJob, heartbeat, releaseJob, rescueJobs } from './job-claims'
import { findJobSummary, listJobs } from './job-rows'
import { approveJob, enqueueJob, findJob, requestCancel, retryJob, skipFailed } from './jobs'
import { append, LeaseLostError, readEvents } from './journal'
import { tempDb } from './testing/temp-db'
import { atTheBox } from './who'

const ANN = atTheBox('ann')
const BOB = atTheBox('bob')

const OPTIONS = { worker: 'w1', leaseMs: 1000, now: 1000 }

/** A plan that touches these objects, one step each. */
function planFor(...objects: string[][]): Plan {
  const steps = objects.map((object) => ({
    ...{ id: `vm.start:${object.at(-1)}`, kind: 'vm.start', needs: [], object, locks: [] },
    ...{ args: { ref: { at: { connection: 'lab', node: 'pve1' } } }, etaS: 10, effect: 'start' },
  }))
  return { steps, hash: 'h', revision: 1, goal: { kind: 'deploy' } } as unknown as Plan
}
const deployOf = (title: string, ...objects: string[][]) => ({
  ...{ kind: 'deploy' as const, title, by: 'ann', topologyId: 't', plan: planFor(...objects) },
})
const w1 = ['vms', 'w1']
const w2 = ['vms', 'w2']

test('from queue to end, journalled with numbers without holes', async () => {
  const { db } = await tempDb()
  const id = await enqueueJob(db, deployOf('Deploy t', w1), 10)
  const claim = await claimNext(db, OPTIONS)
  expect(claim?.row).toMatchObject({ id, status: 'running', objects: [w1] })
  const lease = { jobId: id, epoch: claim!.epoch }
  const written = await append(db, {
    ...{ ...lease, now: 1100, columns: { stepsDone: 1 } },
    records: [
      { type: 'step-started', stepId: 'vm.start:w1' },
      { type: 'step-succeeded', stepId: 'vm.start:w1', changed: true },
    ],
  })
  expect(written.map((event) => event.seq)).toEqual([4, 5])
  await finishJob(db, lease, { outcome: 'succeeded', error: null, now: 1200 })
  const events = await readEvents(db, id)
  expect(events.map((event) => event.seq)).toEqual([1, 2, 3, 4, 5, 6])
  expect(foldJob(events)).toMatchObject({ status: 'succeeded', by: 'ann', endedAt: 1200 })
  expect(await findJobSummary(db, id, 1300)).toMatchObject({
    ...{ status: 'succeeded', outcome: 'succeeded', stepsDone: 1, stepsTotal: 1, queue: null },
  })
  expect(await readEvents(db, id, 4)).toEqual(events.slice(4))
})

test('a job waits for the one that changes the same object, not for another', async () => {
  const { db } = await tempDb()
  const first = await enqueueJob(db, deployOf('Deploy t', w1, ['clusters', 'c']), 10)
  const addOn = await enqueueJob(db, deployOf('Add-on', ['clusters', 'c', 'addOns', 'm']), 20)
  const other = await enqueueJob(db, deployOf('Start w2', w2), 30)
  const elsewhere = { ...deployOf('Deploy u', w1), topologyId: 'u' }
  const foreign = await enqueueJob(db, elsewhere, 40)
  const claimed = [1, 2, 3, 4].map(() => claimNext(db, OPTIONS))
  const ids = (await Promise.all(claimed)).map((claim) => claim?.row.id)
  expect(ids.toSorted()).toEqual([first, other, foreign, undefined].toSorted())
  const waiting = (await listJobs(db, { status: 'queued' }, 1000))[0]
  expect(waiting?.id).toBe(addOn)
  expect(waiting?.queue).toEqual({
    position: 1,
    reason: 'Waits for "Deploy t", which changes m too.',
  })
})

test('nobody overtakes an earlier job on the same object', async () => {
  const { db } = await tempDb()
  await enqueueJob(db, deployOf('one', w1), 10)
  await enqueueJob(db, deployOf('two', w1, w2), 20)
  await enqueueJob(db, deployOf('three', w2), 30)
  expect((await claimNext(db, OPTIONS))?.row.title).toBe('one')
  expect(await claimNext(db, OPTIONS)).toBeNull()
})

test('an errand runs beside anything', async () => {
  const { db } = await tempDb()
  await enqueueJob(db, deployOf('Deploy t', w1), 10)
  await enqueueJob(db, { kind: 'refresh', title: 'Refresh t', by: 'ann', topologyId: 't' }, 20)
  await claimNext(db, OPTIONS)
  expect((await claimNext(db, OPTIONS))?.row.kind).toBe('refresh')
})

test('a lease that ran out is claimed by another; the first can write no more', async () => {
  const { db } = await tempDb()
  const id = await enqueueJob(db, deployOf('Deploy t', w1), 10)
  const first = await claimNext(db, OPTIONS)
  expect(await claimNext(db, { ...OPTIONS, worker: 'w2', now: 1999 })).toBeNull()
  const second = await claimNext(db, { ...OPTIONS, worker: 'w2', now: 2001 })
  expect(second).toMatchObject({ epoch: first!.epoch + 1, row: { id, worker: 'w2' } })
  const stale = { jobId: id, epoch: first!.epoch }
  const records = [{ type: 'step-started' as const, stepId: 's' }]
  await expect(append(db, { ...stale, records, now: 2002 })).rejects.toThrow(LeaseLostError)
  await expect(heartbeat(db, stale, 9000)).rejects.toThrow(LeaseLostError)
  const ending = { outcome: 'succeeded', error: null, now: 3000 } as const
  await expect(finishJob(db, stale, ending)).rejects.toThrow(LeaseLostError)
  expect(foldJob(await readEvents(db, id)).interruptions).toEqual([{ at: 1000, resumedAt: 2001 }])
})

test('a worker that ends in order, or is known to be gone, leaves nothing to wait for', async () => {
  const { db } = await tempDb()
  await enqueueJob(db, deployOf('Deploy t', w1), 10)
  const claim = await claimNext(db, OPTIONS)
  await releaseJob(db, { jobId: claim!.row.id, epoch: claim!.epoch })
  expect((await claimNext(db, { ...OPTIONS, worker: 'w2', now: 1001 }))?.row.worker).toBe('w2')
  expect(await rescueJobs(db, (worker) => worker === 'w2')).toBe(1)
  expect((await claimNext(db, { ...OPTIONS, worker: 'w3', now: 1002 }))?.row.worker).toBe('w3')
})

test('two processes never claim one job', async () => {
  const { db, file } = await tempDb()
  for (let i = 0; i < 40; i++) await enqueueJob(db, deployOf(`job ${i}`, ['vms', `v${i}`]), i)
  const claimAll = async (worker: string) => {
    const script = path.join(import.meta.dirname, 'testing/claim-all.ts')
    const args = ['--import', 'tsx', script, file, worker]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    return JSON.parse(stdout) as string[]
  }
  const ids = (await Promise.all(['a', 'b'].map(claimAll))).flat()
  expect(new Set(ids).size).toBe(40)
  expect(ids).toHaveLength(40)
})

test('cancel ends a queued job at once and only asks a running one', async () => {
  const { db } = await tempDb()
  const queued = await enqueueJob(db, deployOf('a', w1), 10)
  await requestCancel(db, queued, ANN, 20)
  expect(await findJobSummary(db, queued, 30)).toMatchObject({ status: 'cancelled' })
  const running = await enqueueJob(db, deployOf('b', w1), 30)
  const claim = await claimNext(db, OPTIONS)
  await requestCancel(db, running, ANN, 1100)
  const lease = { jobId: running, epoch: claim!.epoch }
  expect(await heartbeat(db, lease, 5000)).toEqual({ cancelAsked: true })
  await finishJob(db, lease, { outcome: 'cancelled', error: null, now: 1200 })
  await expect(requestCancel(db, running, ANN, 1300)).rejects.toThrow('cannot be cancelled')
})

test('a failed job is retried, or goes on without its failed steps', async () => {
  const { db } = await tempDb()
  const id = await enqueueJob(db, deployOf('a', w1), 10)
  const error = { code: 'x.y', message: 'm' }
  const fail = async () => {
    const claim = await claimNext(db, OPTIONS)
    const lease = { jobId: id, epoch: claim!.epoch }
    const stepId = 'vm.start:w1'
    const records = [
      { type: 'step-started' as const, stepId },
      { type: 'step-failed' as const, stepId, ...error },
    ]
    await append(db, { ...lease, records, now: 1100 })
    await finishJob(db, lease, { outcome: 'failed', error, now: 1200 })
  }
  await fail()
  expect((await findJobSummary(db, id, 0))?.error).toEqual(error)
  await retryJob(db, id, BOB, 1300)
  await fail()
  await skipFailed(db, id, { actor: BOB, reason: 'known' }, 1400)
  const detail = await findJob(db, id, 1500)
  expect(detail?.state.steps['vm.start:w1']).toMatchObject({ status: 'skipped', attempts: 2 })
  expect(detail?.job).toMatchObject({ status: 'queued', error: null, stepsDone: 1 })
  await expect(approveJob(db, id, { actor: ANN, planHash: 'x' }, 1600)).rejects.toThrow(
    'cannot be approved',
  )
})

import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { criticalPath } from '@/lib/dag/critical-path'
import { claimNext, finishJob } from '@/lib/db/job-claims'
import { enqueueJob } from '@/lib/db/jobs'
import { LogStore } from '@/lib/db/log-store'
import { labRecord } from '@/lib/lab/summary'
import { DARK_KNIGHT } from '@/lib/topology/blueprints/dark-knight'
import {
  addTopology,
  enqueue,
  type Homelab,
  mustPlan,
  startHomelab,
  waitForEnd,
  whatFailed,
} from '@/workers/provisioner/testing/homelab'
import { type Bench, type Measured, measured } from './bench'

const round = (value: number, digits: number) => Number(value.toFixed(digits))

/** Batches of 50 lines, as one 50 ms tick of a busy step brings them; each batch one transaction. */
async function logLines(): Promise<Measured> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'drawbridge-bench-'))
  const store = LogStore.open(dir)
  const text =
    'transferred 1.2 GiB of 2.2 GiB (54.55%) and some words to make it one hundred long. ....'
  const batch = Array.from({ length: 50 }, () => ({
    ...{ at: 1, stepId: 'vm.clone:x', level: 'info' as const, text },
  }))
  const rates = Array.from({ length: 5 }, (_, run) => {
    const began = performance.now()
    for (let i = 0; i < 200; i++) store.append(`job${run}`, batch)
    return 10_000 / ((performance.now() - began) / 1000)
  })
  store.close()
  await rm(dir, { recursive: true })
  return measured(rates, 0, 'batches of 50, packed into blocks')
}

/** Claim and end of queued errands, one after the other. */
async function claims(): Promise<Measured> {
  const home = await startHomelab({ run: false })
  const { db } = home
  const rates: number[] = []
  for (let run = 0; run < 3; run++) {
    for (let i = 0; i < 50; i++)
      await enqueueJob(db, { kind: 'refresh', title: 'r', by: 'bench' }, Date.now() + i)
    const began = performance.now()
    let count = 0
    for (;;) {
      const claim = await claimNext(db, { worker: 'w', leaseMs: 60_000, now: Date.now() })
      if (!claim) break
      const lease = { jobId: claim.row.id, epoch: claim.epoch }
      await finishJob(db, lease, { outcome: 'succeeded', error: null, now: Date.now() })
      count++
    }
    rates.push(count / ((performance.now() - began) / 1000))
  }
  await home.close()
  return measured(rates, 1, 'claimed and ended')
}

type Deployed = { makespan: number; path: number; lock: number; sum: number }

/** One deploy of the blueprint; seconds of wall time. */
async function deploy(speed: number): Promise<Deployed> {
  const home = await startHomelab({ speed })
  try {
    const topologyId = await addTopology(home, DARK_KNIGHT)
    const plan = await mustPlan(home, topologyId, { kind: 'deploy' })
    const jobId = await enqueue(home, topologyId, plan)
    const state = await waitForEnd(home, jobId)
    if (state.status !== 'succeeded') throw new Error(whatFailed(home, jobId, state))
    const lasted = (id: string) => {
      const step = state.steps[id]
      return ((step?.endedAt ?? 0) - (step?.startedAt ?? 0)) / 1000
    }
    const times = Object.values(state.steps)
    const first = Math.min(...times.map((step) => step.startedAt ?? Number.POSITIVE_INFINITY))
    const last = Math.max(...times.map((step) => step.endedAt ?? 0))
    return {
      makespan: (last - first) / 1000,
      path: criticalPath(plan.steps, (step) => lasted(step.id)).length,
      lock: longestLock(home) / 1000 / speed,
      sum: plan.steps.reduce((total, step) => total + lasted(step.id), 0),
    }
  } finally {
    await home.close()
  }
}

/** The sum of hold times of the lock that was held longest, from the lab's own record. Virtual ms. */
function longestLock({ lab }: Homelab): number {
  const held = new Map<string, number>()
  for (const { lock, from, to } of labRecord(lab.engine.state).holds)
    held.set(lock, (held.get(lock) ?? 0) + ((to ?? from) - from))
  return Math.max(0, ...held.values())
}

/** Makespan of a deploy over its lower bound: the longest chain or the busiest lock. */
async function ratios(speed: number): Promise<{ ratio: number; sequential: number; note: string }> {
  const { makespan, path: longest, lock, sum } = await deploy(speed)
  const bound = Math.max(longest, lock)
  return {
    ...{ ratio: makespan / bound, sequential: sum / bound },
    note: `speed ${speed}: ${round(makespan, 1)} s, longest chain ${round(longest, 1)} s, busiest lock ${round(lock, 1)} s, all steps ${round(sum, 1)} s`,
  }
}

export const benches: Bench[] = [
  { name: 'jobs.log_lines_per_s', unit: '1/s', run: logLines },
  { name: 'jobs.claims_per_s', unit: '1/s', run: claims },
  {
    name: 'jobs.deploy_ratio',
    unit: 'ratio',
    async run() {
      const { ratio, note } = await ratios(10)
      return measured([ratio], 3, note)
    },
  },
  {
    name: 'jobs.deploy_ratio_default',
    unit: 'ratio',
    async run() {
      const { ratio, note } = await ratios(30)
      return measured([ratio], 3, note)
    },
  },
  {
    name: 'jobs.deploy_sequential_ratio',
    unit: 'ratio',
    async run() {
      const { sequential, note } = await ratios(30)
      return measured([sequential], 3, note)
    },
  },
]

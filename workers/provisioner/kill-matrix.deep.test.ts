import { beforeAll, expect, test } from 'vitest'
import { enqueueJob } from '@/lib/db/jobs'
import { readEvents } from '@/lib/db/journal'
import { foldJob } from '@/lib/jobs/fold'
import type { JobEvent } from '@/lib/jobs/journal'
import { labSummary } from '@/lib/lab/summary'
import { deepRun } from '@/scripts/test/deep-run'
import { bundleProvisioner, type Child, startChild } from './testing/child'
import { addTopology, type Homelab, mustPlan, startHomelab, whatFailed } from './testing/homelab'
import { TWO_VMS } from './testing/two-vms'

/**
 * Where a deploy is killed: its worker when the journal reaches an event, or when the lab has begun
 * a task whose id the worker has not even heard of yet (between the call and its note); or the panel
 * at an event, whereupon the worker ends by itself.
 */
type Instant = { at: 'event' | 'task' | 'panel'; number: number }

/** Kills in one deploy: the worker that carries on is killed as well. */
const KILLS = 3

beforeAll(bundleProvisioner)

test('whenever its worker or the panel is killed, a deploy ends as if nobody had been', async (context) => {
  const { cases, seed } = deepRun(context, { sample: 12, full: 200 })
  const undisturbed = await deploy([])
  const instants = drawInstants(cases, seed, undisturbed)
  for (let i = 0; i < instants.length; i += KILLS) {
    const killed = instants.slice(i, i + KILLS).sort((a, b) => a.number - b.number)
    const disturbed = await deploy(killed)
    const where = killed.map(({ at, number }) => `${at} ${number}`).join(', ')
    expect(disturbed.machines, `killed at ${where}`).toEqual(undisturbed.machines)
    expect(disturbed.volumesOfOurs, `killed at ${where}`).toBe(undisturbed.volumesOfOurs)
  }
})

type Deployed = {
  machines: unknown
  events: number
  tasks: number
  volumesOfOurs: number
}

/** One deploy from an empty lab, its worker killed at these instants and started again. */
async function deploy(instants: readonly Instant[]): Promise<Deployed> {
  const home = await startHomelab({ speed: 400, run: false })
  const output: string[] = []
  let child: Child | null = null
  try {
    const topologyId = await addTopology(home, TWO_VMS)
    const plan = await mustPlan(home, topologyId, { kind: 'deploy' })
    const job = { kind: 'deploy' as const, title: 'Deploy', by: 'test', topologyId, plan }
    const jobId = await enqueueJob(home.db, job, Date.now())
    const seen = watchLog(home, jobId)
    child = await startChild(home.dataDir, output)
    for (const instant of instants) {
      const ended = await reached(home, jobId, instant, child)
      await (instant.at === 'panel' ? child.killPanel() : child.kill())
      seen.look()
      output.length = 0
      child = await startChild(home.dataDir, output)
      if (ended) break
    }
    const events = await untilOver(home, jobId)
    const state = foldJob(events)
    if (state.status !== 'succeeded')
      throw new Error(`${whatFailed(home, jobId, state)}\n${output.join('')}`)
    seen.expectUnchanged()
    const again = await mustPlan(home, topologyId, { kind: 'deploy' })
    expect(again.steps).toEqual([])
    return { ...machinesOf(home), events: events.length }
  } finally {
    await child?.kill()
    await home.close()
  }
}

/** Resolves at the instant; a task's inside the very request that starts it. True: it was over first. */
function reached(home: Homelab, jobId: string, instant: Instant, child: Child): Promise<boolean> {
  if (instant.at !== 'task')
    return poll(async () => {
      const events = await readEvents(home.db, jobId)
      const over = events.at(-1)?.type === 'ended'
      return events.length >= instant.number || over ? over : null
    })
  const { engine } = home.lab
  let over: boolean | null = null
  const stop = engine.onChange(() => {
    if (over !== null || engine.state.tasks.length < instant.number) return
    child.killNow()
    over = false
  })
  return poll(async () => {
    if ((await readEvents(home.db, jobId)).at(-1)?.type === 'ended') over ??= true
    return over
  }).finally(stop)
}

async function poll<T>(look: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== null) return found
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const untilOver = (home: Homelab, jobId: string): Promise<JobEvent[]> =>
  poll(async () => {
    const events = await readEvents(home.db, jobId)
    return events.at(-1)?.type === 'ended' ? events : null
  })

/** What a browser that looks all the time has seen: no line of it may ever change. */
function watchLog({ shop }: Homelab, jobId: string) {
  const seen: string[] = []
  const look = () => {
    for (const { n, text } of shop.store.read(jobId, seen.length, 100_000)) {
      expect(n).toBe(seen.length + 1)
      seen.push(text)
    }
  }
  const timer = setInterval(look, 20)
  return {
    look,
    expectUnchanged() {
      clearInterval(timer)
      look()
      const all = shop.store.read(jobId, 0, 100_000)
      expect(all.map((line) => line.n)).toEqual(all.map((_, i) => i + 1))
      expect(all.map((line) => line.text)).toEqual(seen)
    },
  }
}

/** What of the lab must be alike: our machines and their volumes, without what is drawn by chance. */
function machinesOf({ lab }: Homelab) {
  const { vms, volumes, tasks } = lab.engine.change((state) => labSummary(state))
  const ours = vms.filter((vm) => vm.description?.includes('drawbridge:'))
  const ids = new Set(ours.map((vm) => vm.vmid))
  const chance = /uuid=[\w-]+|BC:24:11(:\w\w){3}|drawbridge:\w+/g
  const machines = ours.map(({ vmid, name, running, lock, template, config, pending }) => ({
    ...{ vmid, name, running, lock, template, pending },
    config: Object.fromEntries(
      Object.entries(config)
        .filter(([key]) => key !== 'vmgenid' && key !== 'digest' && key !== 'meta')
        .map(([key, value]) => [key, String(value).replace(chance, '~')]),
    ),
    volumes: volumes.filter((volume) => volume.vmid === vmid).map((volume) => volume.bytes),
  }))
  return {
    machines: machines.sort((a, b) => a.vmid - b.vmid),
    tasks: tasks.length,
    volumesOfOurs: volumes.filter((volume) => volume.vmid !== null && ids.has(volume.vmid)).length,
  }
}

/** In turn over the journal's events and the lab's tasks, now and then the panel; by a fixed seed. */
function drawInstants(count: number, seed: number, { events, tasks }: Deployed): Instant[] {
  let state = seed
  const next = (below: number) => {
    // Numerical Recipes' generator: good enough to spread, the same everywhere.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  return Array.from({ length: count }, (_, i) =>
    i % 2 === 0
      ? { at: i % 8 === 0 ? 'panel' : 'event', number: 3 + next(events - 3) }
      : { at: 'task', number: 1 + next(tasks) },
  )
}

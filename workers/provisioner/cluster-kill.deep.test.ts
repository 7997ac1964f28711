import { beforeAll, expect, test } from 'vitest'
import { enqueueJob } from '@/lib/db/jobs'
import { readEvents } from '@/lib/db/journal'
import { findObserved } from '@/lib/db/observations'
import { foldJob } from '@/lib/jobs/fold'
import { DARK_KNIGHT } from '@/lib/topology/blueprints/dark-knight'
import { deepRun } from '@/scripts/test/deep-run'
import { bundleProvisioner, type Child, startChild } from './testing/child'
import { addTopology, type Homelab, mustPlan, startHomelab, whatFailed } from './testing/homelab'

/** Kills in one deploy: the worker that carries on is killed as well. */
const KILLS = 3
/** A deploy has about so many events for each of its steps: started, noted, succeeded. */
const EVENTS_A_STEP = 3

beforeAll(() => bundleProvisioner())

test('whenever its worker is killed, a whole cluster comes up once', async (context) => {
  const { cases, seed } = deepRun(context, { sample: 3, full: 60 })
  const next = random(seed)
  for (let done = 0; done < cases; done += KILLS) await deploy(() => next())
})

/** A number from 0 to 1 at each call; by a fixed seed the same ones. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    // Numerical Recipes' generator: good enough to spread, the same everywhere.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** One deploy from nothing, its worker killed at drawn numbers of journal events. */
async function deploy(next: () => number): Promise<void> {
  const home = await startHomelab({ speed: 120, run: false })
  const output: string[] = []
  let child: Child | null = null
  try {
    const topologyId = await addTopology(home, DARK_KNIGHT)
    const plan = await mustPlan(home, topologyId, { kind: 'deploy' })
    const job = { kind: 'deploy' as const, title: 'Deploy', by: 'test', topologyId, plan }
    const jobId = await enqueueJob(home.db, job, Date.now())
    const most = plan.steps.length * EVENTS_A_STEP
    const instants = Array.from({ length: KILLS }, () => 5 + Math.floor(next() * most))
    const where = `killed at events ${instants.toSorted((a, b) => a - b).join(', ')}`
    for (const instant of instants.toSorted((a, b) => a - b)) {
      child = await startChild(home.dataDir, output)
      const over = await eventsReach(home, jobId, instant)
      await child.kill()
      if (over) break
    }
    child = await startChild(home.dataDir, output)
    await eventsReach(home, jobId, Number.POSITIVE_INFINITY)
    const state = foldJob(await readEvents(home.db, jobId))
    expect(state.status, `${where}\n${whatFailed(home, jobId, state)}`).toBe('succeeded')
    await expectOneOfEach(home, topologyId, jobId, where)
  } finally {
    await child?.kill()
    await home.close()
  }
}

/** Resolves when the journal has so many events, or ended; true if it ended. */
async function eventsReach({ db }: Homelab, jobId: string, count: number): Promise<boolean> {
  for (;;) {
    const events = await readEvents(db, jobId)
    if (events.at(-1)?.type === 'ended') return true
    if (events.length >= count) return false
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Nothing was done twice, nothing is left to do, and the log tells everything once. */
async function expectOneOfEach(home: Homelab, topologyId: string, jobId: string, where: string) {
  const again = await mustPlan(home, topologyId, { kind: 'deploy' })
  expect(again.steps, where).toEqual([])
  const seen = (await findObserved(home.db, topologyId))?.clusters['dark-knight']
  if (seen?.state !== 'known') throw new Error(`${where}: the cluster is not known`)
  expect(seen.value.nodes.filter(({ ready }) => ready)).toHaveLength(6)
  expect(seen.value.etcdMembers).toHaveLength(3)
  expect(Object.keys(home.lab.engine.state.kubernetes?.clusters ?? {})).toHaveLength(1)
  const names = Object.values(home.lab.engine.state.vms).map(({ config }) => config.name)
  expect(names.length, where).toBe(new Set(names).size)
  const lines = home.shop.store.read(jobId, 0, 100_000)
  expect(lines.map(({ n }) => n)).toEqual(lines.map((_, index) => index + 1))
  const told = (start: string) => lines.filter(({ text }) => text.startsWith(start)).length
  expect(told('[init] Using Kubernetes version'), where).toBe(1)
  expect(told('[kubelet-start] Starting the kubelet'), where).toBe(6)
  expect(told('Your Kubernetes control-plane has initialized'), where).toBe(1)
}

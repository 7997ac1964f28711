import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { KnownSecrets } from '@/lib/base/mask'
import { type Db, openDb } from '@/lib/db/client'
import { ensureLabConnection } from '@/lib/db/connections'
import { databaseIn } from '@/lib/db/data-folder'
import { enqueueJob } from '@/lib/db/jobs'
import { readEvents } from '@/lib/db/journal'
import { LogStore } from '@/lib/db/log-store'
import { migrate } from '@/lib/db/migrate'
import { ensurePanelId } from '@/lib/db/panel-id'
import { ensureProvisionerKey, readRecipient } from '@/lib/db/secret-keys'
import { readIdentity } from '@/lib/db/secret-open'
import { createTopology } from '@/lib/db/topologies'
import { atTheBox } from '@/lib/db/who'
import { foldJob } from '@/lib/jobs/fold'
import type { JobState } from '@/lib/jobs/journal'
import { makePlan } from '@/lib/plan/make-plan'
import type { Goal, Plan, PlanResult } from '@/lib/plan/plan'
import { type RunningLab, startLab } from '@/workers/lab/start-lab'
import { keepIdentities } from '../identities'
import { lookAt } from '../looking'
import { Provisioner } from '../provisioner'
import { openReach } from '../reach'
import type { Workshop } from '../run-job'
import { learnSecrets, openSecrets } from '../secret-store'

/** For tests: a lab on loopback, a panel's data folder, and what the provisioner works with. */
export type Homelab = {
  dataDir: string
  db: Db
  lab: RunningLab
  shop: Workshop
  /** Runs jobs in this process until `close`, or not at all if another process shall. */
  provisioner: Provisioner
  close(): Promise<void>
}

const now = () => Date.now()

/** Starts everything in a temporary folder. `run` false: no job is claimed by this process. */
export async function startHomelab({
  speed = 1000,
  run = true,
}: {
  speed?: number
  run?: boolean
} = {}): Promise<Homelab> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'drawbridge-homelab-'))
  migrate(databaseIn(dataDir), path.resolve('prisma/migrations'))
  await ensureProvisionerKey(dataDir)
  const db = await openDb(databaseIn(dataDir))
  const lab = await startLab({ dataDir, port: 0, speed })
  const recipient = await readRecipient(dataDir)
  await ensureLabConnection(db, lab.connection, { recipient, actor: atTheBox('lab'), now: now() })

  const known = new KnownSecrets()
  const identity = await readIdentity(dataDir)
  const secrets = openSecrets({ db, identity, recipient, known, now })
  const seen = new Map<string, string>()
  const tell = () => undefined
  const identities = keepIdentities({ db, tell, log: () => undefined, now })
  const shop: Workshop = {
    ...{ db, known, secrets, identities, tell, now },
    learn: async () => {
      await learnSecrets({ db, identity, known, seen })
    },
    store: LogStore.open(dataDir),
    reach: openReach(db, secrets, identities),
    panelId: await ensurePanelId(db),
  }
  const provisioner = new Provisioner(shop, `test-${process.pid}`, () => undefined)
  if (run) provisioner.start()
  return {
    ...{ dataDir, db, lab, shop, provisioner },
    async close() {
      await provisioner.stop()
      await shop.reach.close()
      shop.store.close()
      await db.$disconnect()
      await lab.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** A topology of a text; answers its id. */
export async function addTopology({ db }: Homelab, text: string): Promise<string> {
  const head = await createTopology(db, {
    text,
    actor: atTheBox('test'),
    message: 'first',
    now: now(),
  })
  return head.id
}

/** What planning says now, after a look of its own. */
export async function planNow(home: Homelab, topologyId: string, goal: Goal): Promise<PlanResult> {
  const { topology, observed, context } = await lookAt(home.shop, topologyId, {
    signal: AbortSignal.timeout(60_000),
  })
  return makePlan(goal, topology, observed, context)
}

/** The plan, or an error that says why there is none. */
export async function mustPlan(home: Homelab, topologyId: string, goal: Goal): Promise<Plan> {
  const result = await planNow(home, topologyId, goal)
  if (result.ok) return result.plan
  throw new Error(result.refusals.map(({ code, message }) => `${code}: ${message}`).join('\n'))
}

/** Queues the job of a plan as the panel does; answers its id. */
export async function enqueue({ db, provisioner }: Homelab, topologyId: string, plan: Plan) {
  const { kind } = plan.goal
  const id = await enqueueJob(db, { kind, title: kind, by: 'test', topologyId, plan }, now())
  provisioner.wake()
  return id
}

/** Waits until a job needs nobody's work any more; its events are the signal. */
export async function waitForEnd({ db }: Pick<Homelab, 'db'>, jobId: string): Promise<JobState> {
  for (;;) {
    const state = foldJob(await readEvents(db, jobId))
    if (state.status !== 'queued' && state.status !== 'running') return state
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** Plans a goal, runs it, answers how it ended; failing steps are in the error's text. */
export async function carryOut(home: Homelab, topologyId: string, goal: Goal): Promise<Plan> {
  const plan = await mustPlan(home, topologyId, goal)
  const jobId = await enqueue(home, topologyId, plan)
  const state = await waitForEnd(home, jobId)
  if (state.status !== 'succeeded') throw new Error(whatFailed(home, jobId, state))
  return plan
}

/** The failed steps and the end of the log, for the reader of a test's output. */
export function whatFailed({ shop }: Homelab, jobId: string, state: JobState): string {
  const failed = Object.entries(state.steps)
    .filter(([, step]) => step.status === 'failed')
    .map(([id, step]) => `${id}: ${step.error?.code} ${step.error?.message}`)
  const last = shop.store.last(jobId)
  const lines = shop.store.read(jobId, Math.max(0, last - 15), 15).map((line) => line.text)
  return [`${state.status} ${state.error?.message ?? ''}`, ...failed, '...', ...lines].join('\n')
}

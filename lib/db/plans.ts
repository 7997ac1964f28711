import type { PlanAnswer, StartJobRequest } from '@/lib/api/contract'
import { Refusal } from '@/lib/api/refusal'
import { makePlan } from '@/lib/plan/make-plan'
import type { Goal, Plan } from '@/lib/plan/plan'
import { goalTitle } from '@/lib/plan/step-title'
import type { Topology } from '@/lib/topology/topology'
import { type Actor, appendAudit } from './audit'
import type { Db } from './client'
import { readDurations } from './durations'
import { refuseChanged } from './identities'
import { enqueueJob, planInShort } from './jobs'
import { findObserved } from './observations'
import { readTopology } from './parsed'
import { findRevision } from './revisions'
import { readSecretVersions } from './secret-list'
import { problemsOf } from './strangers'
import { transact } from './transact'

/** Who asks, and what is asked of them where the plan loses data; throws to refuse. */
export type Asker = { actor: Actor; atLevelThree(): Promise<void> }

/** Whose plan, and when. */
export type Planning = { topologyId: string; panelId: string; now: number }

/** The plan for a goal, of the head and what was seen last. Refuses an unknown topology (404). */
export async function planFor(
  db: Db,
  goal: Goal,
  planning: Planning,
): Promise<PlanAnswer & { topology: Topology }> {
  const head = await findRevision(db, planning.topologyId)
  const topology = readTopology(head.hash, head.text)
  const observed = await findObserved(db, planning.topologyId)
  const connections = await db.connection.findMany({ select: { id: true } })
  const result = makePlan(goal, topology, observed, {
    ...planning,
    revision: head.number,
    durations: await readDurations(db),
    secretVersions: await readSecretVersions(db, planning.topologyId),
    connections: connections.map(({ id }) => id),
    problems: await problemsOf(db, head),
  })
  return { result, observedAt: observed?.at ?? null, headRevision: head.number, topology }
}

/**
 * Queues the job that carries out exactly the plan that was approved, and answers its id. The plan is
 * made again from what is known now: 409 `plan.stale` if it is another one, 422 `plan.refused` with
 * every reason, 409 `plan.empty` if nothing is to do, 422 `confirm.name-differs` at level 3, 409
 * `job.asked-already` while a job with the same plan has not ended.
 */
export async function startJob(
  db: Db,
  request: StartJobRequest,
  { actor, atLevelThree, ...planning }: Planning & Asker,
): Promise<string> {
  const { goal } = request
  await refuseChanged(db, planning.topologyId)
  const { result, headRevision, topology } = await planFor(db, goal, planning)
  if (!result.ok) {
    throw new Refusal(
      422,
      'plan.refused',
      `There is no plan - ${result.refusals.map(({ message }) => message).join(' ')}`,
      { issues: result.refusals.map(({ object, message }) => ({ path: [...object], message })) },
    )
  }
  const { plan } = result
  refuseStale(plan, request, headRevision)
  if (plan.steps.length === 0) {
    throw new Refusal(409, 'plan.empty', 'Nothing is to do - everything is as it is wanted.')
  }
  if (plan.level === 3) {
    refuseOtherName(goal, topology, request.typedName)
    await atLevelThree()
  }
  const { topologyId, now } = planning
  const title = titleOf(goal, topology, headRevision)
  return transact(db, async (tx) => {
    // A write first: of two who press at once the second sees the first one's job.
    await tx.job.updateMany({ where: { id: '' }, data: { cancelAsked: false } })
    const same = await tx.job.findFirst({
      where: { topologyId, planHash: plan.hash, outcome: null },
      select: { id: true, by: true },
    })
    if (same) {
      throw new Refusal(
        409,
        'job.asked-already',
        `${same.by} asked for this already - job ${same.id} has the same plan and has not ended - follow that one.`,
      )
    }
    const job = { kind: goal.kind, title, by: actor.name, topologyId, plan }
    const id = await enqueueJob(tx, job, now)
    await appendAudit(
      tx,
      actor,
      {
        ...{ action: 'job.start', object: { kind: 'job', id }, topologyId },
        after: { title, ...planInShort(plan) },
      },
      now,
    )
    return id
  })
}

function refuseStale(plan: Plan, request: StartJobRequest, headRevision: number): void {
  if (plan.hash === request.planHash && headRevision === request.revision) return
  const why =
    headRevision === request.revision
      ? 'the machines are not as they were when you looked'
      : `revision ${headRevision} was saved meanwhile`
  throw new Refusal(
    409,
    'plan.stale',
    `The plan is another one now - ${why} - look at the new plan and approve that.`,
  )
}

/** Refuses (422 `confirm.name-differs`) unless the name of what is lost was typed. */
export function refuseOtherName(goal: Goal, topology: Topology, typed: string | undefined): void {
  const name = nameOf(goal, topology)
  if (typed === name) return
  throw new Refusal(
    422,
    'confirm.name-differs',
    `This destroys data - it starts only when the name is typed exactly - type "${name}".`,
  )
}

/** What is typed to confirm: the VM's name, or the topology's. */
const nameOf = (goal: Goal, topology: Topology): string =>
  'vm' in goal && goal.vm !== undefined ? (topology.vms?.[goal.vm]?.name ?? goal.vm) : topology.name

/** `Deploy Dark Knight r3`, `Rebuild k8s-worker-2`. */
function titleOf(goal: Goal, topology: Topology, revision: number): string {
  const vm = (id: string) => topology.vms?.[id]?.name ?? id
  const title = goalTitle(goal, { topology: topology.name, vm })
  return goal.kind === 'deploy' ? `${title} r${revision}` : title
}

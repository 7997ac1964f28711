import { setTimeout as delay } from 'node:timers/promises'
import { PanelError } from '@/lib/base/errors'
import { maskFailure } from '@/lib/base/mask'
import { recordDuration } from '@/lib/db/durations'
import { askApproval, type Claim, finishJob } from '@/lib/db/job-claims'
import { readEvents } from '@/lib/db/journal'
import type { LogStore } from '@/lib/db/log-store'
import { markApplied } from '@/lib/db/mark-applied'
import { foldJob } from '@/lib/jobs/fold'
import type { JobOutcome, JobState } from '@/lib/jobs/journal'
import { describeDifference } from '@/lib/jobs/plan-difference'
import { DEFAULT_RETRY } from '@/lib/jobs/run-step'
import { runSteps } from '@/lib/jobs/run-steps'
import type { StepHand } from '@/lib/jobs/step-record'
import { claimsOf } from '@/lib/plan/claims'
import { makePlan } from '@/lib/plan/make-plan'
import type { Plan } from '@/lib/plan/plan'
import type { Step } from '@/lib/plan/step'
import { stepTitle } from '@/lib/plan/step-title'
import { admitted } from '@/lib/proxmox/admitted'
import { performStep, type StepContext } from '@/lib/steps/handler'
import { handlers } from '@/lib/steps/handlers'
import type { FirstBoots } from './first-boots'
import type { GitShop } from './git-shop'
import type { Identities } from './identities'
import { JobJournal } from './job-journal'
import type { LeaseKeeper } from './lease'
import { LogSink } from './log-sink'
import { type Looking, lookAt } from './looking'
import { type Strangers, watchStrangers } from './strangers'

/** What every job of this process shares. */
export type Workshop = Looking & {
  store: LogStore
  identities: Identities
  /** For the errand that tries a repository; absent in tests without one. */
  git?: GitShop
  /** What new machines print while they boot; absent where nobody reads along. */
  firstBoots?: FirstBoots
  /** Before a job: secrets that came meanwhile are masked from its first line on. */
  learn(): Promise<void>
}

/** How a job came to its end, or why this worker leaves it to another. */
export type JobEnd = JobOutcome | 'awaiting-approval' | 'left'

/** One claimed job and what it is run with. */
type Running = {
  shop: Workshop
  claim: Claim
  plan: Plan
  keeper: LeaseKeeper
  log: LogSink
  journal: JobJournal
  strangers: Strangers
}

/**
 * Runs a claimed job that has a plan, to its end or until the keeper's signal. Before its very
 * first step the world is looked at once more: if the steps would be others now, the job asks for
 * approval of those instead. A failed step is an outcome; a bug is thrown.
 */
export async function runJob(shop: Workshop, claim: Claim, keeper: LeaseKeeper): Promise<JobEnd> {
  const { db, store, known, tell, now } = shop
  const { row, epoch, events } = claim
  const lease = { jobId: row.id, epoch }
  const log = new LogSink({ ...{ jobId: row.id, store, known, tell }, now })
  const journal = new JobJournal({ ...{ db, lease, log, known, tell }, now })
  journal.tellWritten(events)
  if (row.plan === null) throw new TypeError(`job ${row.id} has no plan`)
  const strangers = await watchStrangers(shop, row.topologyId)
  const running: Running = { shop, claim, plan: row.plan, keeper, log, journal, strangers }
  try {
    return await checkAndRun(running)
  } catch (error) {
    if (keeper.signal.aborted) return await endStopped(running)
    if (!(error instanceof PanelError)) throw error
    return await end(running, 'failed', error)
  } finally {
    strangers.end()
    log.flush()
  }
}

async function checkAndRun(running: Running): Promise<JobEnd> {
  const { shop, claim, keeper } = running
  await running.strangers.refuse()
  const state = foldJob(await readEvents(shop.db, claim.row.id))
  const begun = Object.keys(state.steps).length > 0
  if (!begun) {
    const stale = await judgeStale(running)
    if (stale !== null) return stale
  }
  if (state.interruptions.length > 0 && begun)
    running.log.write(null, 'The worker before ended in the middle; its steps are taken up again.')
  const outcome = await runPlan(running, state)
  if (keeper.reason !== null) return endStopped(running)
  await lookAgain(running)
  if (outcome !== 'failed') return end(running, outcome, null)
  const after = foldJob(await readEvents(shop.db, claim.row.id))
  return end(running, outcome, firstError(after, running.plan))
}

/** Judged once, by kinds, arguments and needs. Null: the approved plan is still the plan. */
async function judgeStale(running: Running): Promise<JobEnd | null> {
  const { shop, claim, plan, keeper, log, journal, strangers } = running
  const { topologyId, id } = claim.row
  if (topologyId === null) throw new TypeError(`job ${id} has a plan and no topology`)
  const { signal } = keeper
  const looked = await lookAt(shop, topologyId, { signal, revision: plan.revision })
  const result = makePlan(plan.goal, looked.topology, looked.observed, looked.context)
  if (!result.ok) {
    // What could not be seen because a stranger answered is refused as that.
    await strangers.refuse()
    const { code, message } = result.refusals[0] ?? { code: 'plan.refused', message: 'No plan.' }
    return end(running, 'failed', { code, message })
  }
  if (result.plan.hash === plan.hash) return null
  if (result.plan.steps.length === 0) {
    log.write(null, 'Nothing is left to do: the machines are as they are wanted already.')
    return end(running, 'succeeded', null)
  }
  const reason = describeDifference(plan, result.plan)
  log.write(null, `The plan is another one now and waits for approval. ${reason}`, 'warn')
  const lease = { jobId: id, epoch: claim.epoch }
  journal.tellWritten(
    await askApproval(shop.db, lease, { plan: result.plan, reason, now: shop.now() }),
  )
  return 'awaiting-approval'
}

function runPlan(running: Running, state: JobState): Promise<JobOutcome> {
  const { plan, keeper, journal } = running
  return runSteps(plan.steps, {
    perform: (step, hand) => perform(running, step, hand),
    record: (record) => journal.record(record),
    history: state.steps,
    claimsOf,
    durationOf: (step) => step.etaS,
    retry: DEFAULT_RETRY,
    sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
    signal: keeper.signal,
  })
}

async function perform(
  running: Running,
  step: Step,
  hand: StepHand,
): Promise<{ changed: boolean }> {
  const { shop, log, strangers } = running
  const { db, now } = shop
  // Steps that wait for nothing of the stranger's stop as well: one Proxmox has one identity.
  strangers.signal.throwIfAborted()
  const signal = AbortSignal.any([hand.signal, strangers.signal])
  const begun = now()
  log.write(
    step.id,
    hand.attempt === 1 ? stepTitle(step) : `${stepTitle(step)}, try ${hand.attempt}`,
  )
  const context: StepContext = {
    ...shop.reach,
    proxmox: async (id) =>
      admitted(await shop.reach.proxmox(id), await shop.reach.admission(id), {
        signal,
        waits: ({ locks }) =>
          log.write(step.id, `Waits until another task is done with ${locks.join(', ')}.`, 'debug'),
      }),
    secrets: shop.secrets,
    notes: hand.notes,
    log: (line, level) => log.write(step.id, line, level),
    ...firstBootOf(running, step),
    replay: (heading, again) => log.replay(step.id, heading, again),
    unlock: () => {
      for (const lock of step.locks) hand.release(lock)
    },
    signal,
    now,
  }
  try {
    const { changed } = await performStep(handlers, step, context)
    const seconds = (now() - begun) / 1000
    log.write(step.id, changed ? `Done in ${seconds.toFixed(1)} s.` : 'Holds already.')
    if (changed) await recordDuration(db, { kind: step.kind, seconds, at: now() })
    return { changed }
  } catch (thrown) {
    const error = strangers.signal.aborted ? strangers.signal.reason : thrown
    if (error instanceof PanelError && !hand.signal.aborted)
      log.write(step.id, `${error.message} (${error.code})`, error.transient ? 'warn' : 'error')
    throw error
  }
}

/** Only of starts that a wait for the first answer follows, so that every read ends. */
function firstBootOf({ shop, claim, plan }: Running, step: Step): Pick<StepContext, 'firstBoot'> {
  const { topologyId } = claim.row
  if (!shop.firstBoots || topologyId === null) return {}
  const waited = plan.steps.some(
    ({ kind, needs }) => kind === 'guest.ready' && needs.includes(step.id),
  )
  return step.kind === 'guest.ready' || waited ? { firstBoot: shop.firstBoots.of(topologyId) } : {}
}

/** So that the next plan and the pages see what this job left, whatever its outcome. */
async function lookAgain({ shop, claim, log }: Running): Promise<void> {
  const { topologyId } = claim.row
  if (topologyId === null) return
  try {
    await lookAt(shop, topologyId, { signal: AbortSignal.timeout(60_000) })
  } catch (error) {
    if (!(error instanceof PanelError || isTimeout(error))) throw error
    const why = error instanceof PanelError ? error.message : 'it took more than a minute'
    log.write(null, `What the job left could not be looked at: ${why}`, 'warn')
  }
}

const isTimeout = (error: unknown) => error instanceof DOMException && error.name === 'TimeoutError'

async function endStopped(running: Running): Promise<JobEnd> {
  if (running.keeper.reason !== 'cancel') return 'left'
  running.log.write(null, 'Cancelled. What was done stays; Retry goes on from here.', 'warn')
  await lookAgain(running)
  return end(running, 'cancelled', null)
}

type Failure = { code: string; message: string } | null

async function end(running: Running, outcome: JobOutcome, error: Failure): Promise<JobOutcome> {
  const { shop, claim, plan, log, journal } = running
  const lease = { jobId: claim.row.id, epoch: claim.epoch }
  if (outcome === 'succeeded' && plan.goal.kind === 'deploy' && claim.row.topologyId !== null)
    await markApplied(shop.db, claim.row.topologyId, plan.revision)
  log.flush()
  const shown = maskFailure(shop.known, error)
  journal.tellWritten(await finishJob(shop.db, lease, { outcome, error: shown, now: shop.now() }))
  shop.store.seal(claim.row.id)
  return outcome
}

/** The failure to show for the job: of the first failed step in the plan's order. */
function firstError(state: JobState, plan: Plan): Failure {
  const failed = plan.steps.find((step) => state.steps[step.id]?.status === 'failed')
  const error = failed === undefined ? null : state.steps[failed.id]?.error
  return error ?? { code: 'job.incomplete', message: 'Some steps could not be done.' }
}

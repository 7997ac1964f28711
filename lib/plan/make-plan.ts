import { criticalPath } from '@/lib/dag/critical-path'
import { type DagNode, sortByNeeds } from '@/lib/dag/dag'
import { simulate } from '@/lib/dag/simulate'
import type { Problem } from '@/lib/topology/problem'
import type { Topology } from '@/lib/topology/topology'
import { claimsOf, lockedSeconds } from './claims'
import type { PlanContext } from './context'
import type { Draft, DraftResult } from './draft'
import { planFirewall } from './firewall/plan-firewall'
import { hashSteps } from './hash'
import { heldRefusals } from './holds'
import type { Observed } from './observed'
import type { Goal, ObjectChange, Plan, PlanResult, Refused } from './plan'
import { planAdopt } from './plan-adopt'
import { planDeploy } from './plan-deploy'
import { planDestroy } from './plan-destroy'
import { planPower } from './plan-power'
import { planRebuild } from './plan-rebuild'
import type { Effect, Step } from './step'
import type { VmPlanInput } from './vm-steps'

/**
 * The plan that takes what was seen to what a goal asks for, or every reason why there is none.
 * Pure: equal inputs give an equal plan. No steps means that nothing is to do.
 *
 * `observed` null: this topology was never looked at. `problems` are the document's own
 * (lib/topology's validate), whose blockers refuse a deploy and a rebuild.
 */
export function makePlan(
  goal: Goal,
  topology: Topology,
  observed: Observed | null,
  context: PlanContext & { problems: readonly Problem[] },
): PlanResult {
  const blocked = blockedBy(goal, context.problems)
  if (blocked.length > 0) return { ok: false, refusals: blocked }
  if (observed === null) return { ok: false, refusals: [NEVER_LOOKED] }
  const held = heldRefusals(goal, topology, observed, context.now)
  if (held.length > 0) return { ok: false, refusals: held }
  const draft = draftFor(goal, { topology, observed, context })
  if ('refusals' in draft) return { ok: false, refusals: draft.refusals }
  return { ok: true, plan: finish(goal, draft, observed, context) }
}

const NEVER_LOOKED: Refused = {
  code: 'plan.unknown',
  message:
    'Nothing can be planned - this topology was never looked at, so nobody knows what exists - refresh it.',
  object: [],
}

/** Stopping, starting and destroying must work with a document that cannot be deployed. */
function blockedBy(goal: Goal, problems: readonly Problem[]): Refused[] {
  const needsSoundness =
    goal.kind === 'deploy' || goal.kind === 'rebuild' || (goal.kind === 'firewall' && goal.on)
  if (!needsSoundness) return []
  return problems
    .filter((problem) => problem.severity === 'blocker')
    .map((problem) => ({
      ...{ code: 'plan.blocked', message: problem.message, problem },
      object: problem.path.slice(0, 2),
    }))
}

function draftFor(goal: Goal, input: VmPlanInput): DraftResult {
  switch (goal.kind) {
    case 'deploy':
      return planDeploy(input)
    case 'adopt':
      return planAdopt(input)
    case 'firewall':
      return planFirewall(goal, input)
    case 'rebuild':
      return planRebuild(goal.vm, input)
    case 'destroy':
      return planDestroy(goal, input)
    case 'start':
    case 'stop':
    case 'restart':
      return planPower(goal.kind, goal.vm, input)
  }
}

function finish(goal: Goal, draft: Draft, observed: Observed, context: PlanContext): Plan {
  const steps = sortByNeeds(knit(draft.steps))
  const changes = [...draft.changes, ...otherChanges(steps, draft.changes)]
  const durationOf = (step: Step) => step.etaS
  return {
    ...{ goal, revision: context.revision, observedAt: observed.at, steps, changes },
    counts: countChanges(changes),
    etaS: Math.round(simulate(steps, { durationOf, claimsOf, lockedFor: lockedSeconds })),
    criticalPath: criticalPath(steps, durationOf).ids,
    ...{ losses: draft.losses, notes: draft.notes, wayBack: draft.wayBack },
    level: Math.max(draft.level, levelOf(changes)) as Plan['level'],
    hash: hashSteps(steps),
  }
}

/**
 * Drops needs on steps that are not planned: whoever names `guest.ready:w1` without planning it
 * says that it holds already. Only makers of steps rely on this; the runner gets a closed graph.
 */
export function knit<N extends DagNode>(steps: readonly N[]): N[] {
  const ids = new Set(steps.map((step) => step.id))
  return steps.map((step) => ({
    ...step,
    needs: [...new Set(step.needs)].filter((need) => ids.has(need)),
  }))
}

/** From what only prepares to what hurts most; an object's sign is its worst step's. */
const BY_WEIGHT: readonly Effect[] = [
  'prepare',
  'start',
  'stop',
  'adopt',
  'change',
  'reboot',
  'create',
  'destroy',
  'replace',
]

/** One line for each object that is told by its steps alone, such as an add-on. */
function otherChanges(steps: readonly Step[], told: readonly ObjectChange[]): ObjectChange[] {
  const known = new Set(told.map((change) => change.object.join('/')))
  const worst = new Map<string, Step>()
  for (const step of steps) {
    const key = step.object.join('/')
    const before = worst.get(key)
    if (known.has(key) || step.effect === 'prepare') continue
    if (!before || BY_WEIGHT.indexOf(step.effect) > BY_WEIGHT.indexOf(before.effect))
      worst.set(key, step)
  }
  return [...worst.values()].map(({ object, effect, reason }) => ({
    ...{ object, effect, reason, name: object.at(-1) ?? '', fields: [] },
  }))
}

function countChanges(changes: readonly ObjectChange[]): Plan['counts'] {
  const counts: Plan['counts'] = { create: 0, change: 0, reboot: 0, replace: 0, destroy: 0 }
  for (const { effect } of changes) if (effect in counts) counts[effect as keyof typeof counts]++
  return counts
}

function levelOf(changes: readonly ObjectChange[]): Plan['level'] {
  const effects = new Set(changes.map((change) => change.effect))
  if (effects.has('replace') || effects.has('destroy')) return 2
  return effects.has('reboot') || effects.has('stop') ? 1 : 0
}

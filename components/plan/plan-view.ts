import { count, formatEstimate } from '@/components/ui/format'
import type { Sign } from '@/components/ui/plan-sign'
import type { Plan } from '@/lib/plan/plan'
import type { Effect, Step } from '@/lib/plan/step'
import { stepTitle } from '@/lib/plan/step-title'

/** The five numbers of a plan, in the order that they are always shown in. */
export const COUNTS = ['create', 'change', 'reboot', 'replace', 'destroy'] as const

const SIGN: Record<Effect, Sign> = {
  create: 'create',
  change: 'change',
  adopt: 'adopt',
  reboot: 'reboot',
  replace: 'replace',
  destroy: 'destroy',
  start: 'change',
  stop: 'change',
  prepare: 'none',
}
export const signOf = (effect: Effect): Sign => SIGN[effect]

/** The sentence a plan opens with: what, how long, and whether anything is lost. */
export function planSentence(plan: Plan): string {
  if (plan.steps.length === 0)
    return plan.notes.length === 0
      ? 'Nothing to do: what runs is what is wanted.'
      : `Nothing to do; ${count(plan.notes.length, 'thing')} ${plan.notes.length === 1 ? 'is' : 'are'} left alone, named below.`
  const told = COUNTS.filter((each) => plan.counts[each] > 0).map(
    (each) => `${SAYS[each]} ${plan.counts[each]}`,
  )
  const what = told.length > 0 ? sentence(told) : count(plan.steps.length, 'step')
  const lost =
    plan.losses.length > 0 ? ` ${count(plan.losses.length, 'thing')} cannot be had back.` : ''
  return `${capital(what)}, ${formatEstimate(plan.etaS * 1000)}.${lost}`
}

const SAYS = {
  create: 'creates',
  change: 'changes',
  reboot: 'reboots',
  replace: 'replaces',
  destroy: 'destroys',
} as const

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)
const sentence = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`

const KINDS: Record<string, string> = {
  vms: 'VM',
  templates: 'template',
  clusters: 'cluster',
  addOns: 'add-on',
  hosts: 'host',
  nodes: 'node',
  networks: 'network',
}

/** What an object of a plan is, in a word; empty where its path does not tell. */
export const kindWord = (object: readonly string[]): string => KINDS[object.at(-2) ?? ''] ?? ''

/** The steps of one object, in the plan's order. */
export type StepGroup = { key: string; name: string; kind: string; steps: Step[] }

/** Steps by the object that they act on, in the order in which the plan first touches each. */
export function groupSteps(steps: readonly Step[]): StepGroup[] {
  const groups = new Map<string, StepGroup>()
  for (const step of steps) {
    const key = step.object.join('/')
    const group = groups.get(key)
    if (group) group.steps.push(step)
    else
      groups.set(key, {
        key,
        name: step.object.at(-1) ?? 'plan',
        kind: kindWord(step.object),
        steps: [step],
      })
  }
  return [...groups.values()]
}

/** A data disk that a destroy would park, or delete because it was ticked. */
export type DiskChoice = { serial: string; vm: string; ticked: boolean }

/** The data disks that a plan decides about, by VM. */
export function diskChoices(steps: readonly Step[]): DiskChoice[] {
  return steps
    .flatMap((step): DiskChoice[] =>
      step.kind === 'disk.park' || step.kind === 'disk.delete'
        ? [
            {
              serial: step.args.serial,
              vm: step.args.ref.name,
              ticked: step.kind === 'disk.delete',
            },
          ]
        : [],
    )
    .toSorted((a, b) => a.vm.localeCompare(b.vm) || a.serial.localeCompare(b.serial))
}

/** What a new plan has that the approved one had not, and the other way round. Lines are step titles. */
export type PlanDifference = { added: string[]; gone: string[]; changed: string[] }

export function planDifference(before: Plan, after: Plan): PlanDifference {
  const old = new Map(before.steps.map((step) => [step.id, step]))
  const now = new Map(after.steps.map((step) => [step.id, step]))
  return {
    added: after.steps.filter((step) => !old.has(step.id)).map(stepTitle),
    gone: before.steps.filter((step) => !now.has(step.id)).map(stepTitle),
    changed: after.steps
      .filter((step) => {
        const same = old.get(step.id)
        return same !== undefined && JSON.stringify(same.args) !== JSON.stringify(step.args)
      })
      .map(stepTitle),
  }
}

/** Whose name has to be typed before data or a cluster is lost. */
export const nameToType = (plan: Plan, topologyName: string): string =>
  'vm' in plan.goal && plan.goal.vm !== undefined ? vmName(plan, plan.goal.vm) : topologyName

/** A VM's name as the plan's steps know it, else its id. */
function vmName(plan: Plan, id: string): string {
  const change = plan.changes.find(({ object }) => object[0] === 'vms' && object[1] === id)
  return change?.name ?? id
}

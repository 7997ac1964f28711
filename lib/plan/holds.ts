import type { Hold, Topology } from '@/lib/topology/topology'
import { clustersOf } from './desired'
import type { Observed } from './observed'
import type { Goal, Refused } from './plan'
import type { Step } from './step'

/** The hold that an object is under, null where nobody asked to leave it alone. */
export type HoldOn = (object: readonly string[]) => Hold | null

/**
 * Who is held at an instant (UTC milliseconds). A hold counts until the end of its day. One on a host
 * covers the VMs and templates on it, one on a cluster the VMs that are part of it, one on a part of
 * a VM the whole VM; of a cluster an add-on can be held by itself.
 */
export function holdsAt(topology: Topology, now: number): HoldOn {
  const today = new Date(now).toISOString().slice(0, 10)
  const holds = (topology.holds ?? []).filter(({ until }) => until === undefined || today <= until)
  if (holds.length === 0) return () => null
  return (object) => {
    const around = [object, ...surroundings(topology, object)]
    return holds.find((hold) => around.some((each) => covers(hold, each))) ?? null
  }
}

function covers({ path }: Hold, object: readonly string[]): boolean {
  const whole = path[0] === 'clusters' ? path : path.slice(0, 2)
  return whole.every((step, i) => object[i] === step)
}

/** What an object is part of. */
function surroundings(topology: Topology, [kind, id = '']: readonly string[]): string[][] {
  if (kind === 'vms') {
    const host = topology.vms?.[id]?.host
    const serves = Object.entries(topology.clusters ?? {}).filter(([, { nfs }]) => nfs === id)
    const clusters = [...clustersOf(topology, id), ...serves.map(([cluster]) => cluster)]
    return [
      ...(host === undefined ? [] : [['hosts', host]]),
      ...clusters.map((cluster) => ['clusters', cluster]),
    ]
  }
  const host = kind === 'templates' ? topology.templates?.[id]?.host : undefined
  return host === undefined ? [] : [['hosts', host]]
}

/** `until 2026-12-01, says ada: its disk is copied` or `for good, ...`. */
export const holdText = ({ until, by, reason }: Hold): string =>
  `${until === undefined ? 'for good' : `until ${until}`}, says ${by}: ${reason}`

/** A goal that names what is held is refused: who asked for both must say which counts. */
export function heldRefusals(
  goal: Goal,
  topology: Topology,
  observed: Observed,
  now: number,
): Refused[] {
  const on = holdsAt(topology, now)
  const refuse = (object: readonly string[]): Refused[] => {
    const hold = on(object)
    if (!hold) return []
    return [
      {
        code: 'plan.held',
        message: `${object[1]} cannot be touched - it is left alone ${holdText(hold)} - take the hold out of the document first.`,
        object,
      },
    ]
  }
  if (goal.kind === 'deploy' || goal.kind === 'adopt' || goal.kind === 'firewall') return []
  if (goal.vm !== undefined) return refuse(['vms', goal.vm])
  const vms = new Set([...Object.keys(topology.vms ?? {}), ...Object.keys(observed.vms)])
  return [
    ...[...vms].flatMap((id) => refuse(['vms', id])),
    ...Object.keys(topology.templates ?? {}).flatMap((id) => refuse(['templates', id])),
  ]
}

/** What is left of a deploy's steps, and in sentences what is not there and until when. */
export type LeftOut = { steps: Step[]; notes: string[] }

/**
 * Takes the steps on held objects out, and with them what cannot be done without: steps that need
 * something made that is not made now. A step that only waited for a change goes on.
 */
export function leaveOutHeld(steps: readonly Step[], on: HoldOn, observed: Observed): LeftOut {
  const left = new Map<Hold, Step[]>()
  const makes = new Map<string, Hold>()
  const waiting = new Map<Hold, Step[]>()
  const isThere = ([kind, id = '']: readonly string[]) =>
    kind === 'vms'
      ? observed.vms[id]?.state === 'known'
      : kind === 'templates'
        ? observed.templates[id]?.state === 'known'
        : observed.clusters[id]?.state === 'known'
  const add = (to: Map<Hold, Step[]>, hold: Hold, step: Step) => {
    to.set(hold, [...(to.get(hold) ?? []), step])
    if (step.effect === 'create' || (step.effect === 'prepare' && !isThere(step.object)))
      makes.set(step.id, hold)
  }
  for (const step of steps) {
    const hold = on(step.object)
    if (hold) add(left, hold, step)
  }
  const gone = new Set([...left.values()].flat().map(({ id }) => id))
  // Makers of steps list them before what needs them, but not across clusters: until nothing changes.
  for (let before = -1; before !== gone.size; ) {
    before = gone.size
    for (const step of steps) {
      if (gone.has(step.id)) continue
      const need = step.needs.find((each) => makes.has(each))
      if (need === undefined) continue
      const hold = makes.get(need)!
      gone.add(step.id)
      makes.set(step.id, hold)
      waiting.set(hold, [...(waiting.get(hold) ?? []), step])
    }
  }
  return {
    steps: steps.filter(({ id }) => !gone.has(id)),
    notes: [...new Set([...left.keys(), ...waiting.keys()])].map((hold) =>
      sentence(hold, left.get(hold) ?? [], waiting.get(hold) ?? []),
    ),
  }
}

function sentence(hold: Hold, left: readonly Step[], waiting: readonly Step[]): string {
  const name = hold.path.slice(1).join(' ') || hold.path[0]
  const others = [...new Set(waiting.map(({ object }) => object[1] ?? ''))]
  const wait =
    others.length === 0
      ? ''
      : `; ${count(waiting.length)} of ${others.join(', ')} ${waiting.length === 1 ? 'waits' : 'wait'} for that`
  return `${name} is left alone ${holdText(hold)}. ${count(left.length)} on it ${left.length === 1 ? 'is' : 'are'} left out${wait}.`
}

const count = (n: number): string => `${n} step${n === 1 ? '' : 's'}`

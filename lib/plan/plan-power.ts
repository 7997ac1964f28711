import { type DraftResult, refused } from './draft'
import { makeStep } from './make-step'
import { hostRefusals, whyUnknown } from './refusals'
import type { Step } from './step'
import { stopStep, type VmPlanInput } from './vm-steps'
import { type WantedVm, wantVm } from './wanted-vm'
import { indexWorld, seenVm } from './world'

type Power = 'start' | 'stop' | 'restart'

/** Starts, stops or restarts one VM that exists. Empty when it already is as asked. */
export function planPower(kind: Power, vmId: string, input: VmPlanInput): DraftResult {
  const { topology, observed, context } = input
  const wanted = wantVm(topology, vmId, context)
  if ('refused' in wanted) return refused(wanted.refused)
  const world = indexWorld(topology, observed, context)
  const hosts = hostRefusals([wanted.hostId], world, context)
  if (hosts.length > 0) return refused(...hosts)
  const seen = seenVm(world, wanted.hostId, vmId)
  const { name } = wanted.vm
  const { object } = wanted
  if (seen.state !== 'known') {
    const absent = seen.state === 'absent'
    const why = absent ? 'it does not exist' : whyUnknown(seen, context.now)
    const what = absent ? 'Deploy makes it' : 'refresh, then plan again'
    const code = absent ? 'plan.absent-vm' : 'plan.unknown-vm-state'
    return refused({ code, message: `${name} cannot be ${DONE[kind]} - ${why} - ${what}.`, object })
  }
  const steps = powerSteps(kind, wanted, seen.value.running, input)
  return {
    steps,
    changes: [],
    losses: [],
    notes: steps.length === 0 ? [`${name} is ${DONE[kind]} already.`] : [],
    wayBack: WAY_BACK[kind](name),
    level: kind === 'start' ? 0 : 1,
  }
}

const DONE: Record<Power, string> = { start: 'started', stop: 'stopped', restart: 'restarted' }
const WAY_BACK: Record<Power, (name: string) => string> = {
  start: (name) => `Stop ${name}.`,
  stop: (name) => `Start ${name}.`,
  restart: (name) => `None is needed: ${name} comes back as it is.`,
}

function powerSteps(kind: Power, wanted: WantedVm, running: boolean, input: VmPlanInput): Step[] {
  const { ref, vm, object, guest } = wanted
  const { context } = input
  const asked = 'it was asked for'
  if (kind === 'stop') return running ? [stopStep(wanted, context, asked)] : []
  if (kind === 'start' && running) return []
  const parts = { of: vm.id, object, reason: asked }
  const act = running
    ? makeStep(context, 'vm.restart', { ref, why: asked }, { ...parts, effect: 'reboot' })
    : makeStep(context, 'vm.start', { ref }, { ...parts, effect: 'start' })
  if (!guest) return [act]
  const ready = makeStep(
    context,
    'guest.ready',
    { guest },
    { ...parts, effect: 'prepare', needs: [act.id], reason: `${vm.name} should answer again` },
  )
  return [act, ready]
}

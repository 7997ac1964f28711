import type { Topology } from '@/lib/topology/topology'
import type { PlanContext } from './context'
import { clustersOf, toSeed } from './desired'
import { holderOf } from './holder'
import { makeStep, storageLock } from './make-step'
import type { DiskSpec, Observed, ObservedVm, VmSpec } from './observed'
import { seedVolume } from './seed-volume'
import { specBeside } from './spec-beside'
import { diffSpec, type SpecDiff } from './spec-diff'
import type { Step } from './step'
import type { WantedTemplate } from './template-steps'
import type { WantedVm } from './wanted-vm'

export type VmPlanInput = { topology: Topology; observed: Observed; context: PlanContext }

/** Why a VM is made, what for, and what must be done first. */
export type CreateOptions = {
  template: WantedTemplate
  reason: string
  effect: 'create' | 'replace'
  needs: readonly string[]
  /** Serials that wait in the holder by then, though nobody has seen them there yet. */
  parkedByPlan?: readonly string[]
}

/** From nothing to a VM that answers: seed, clone, configuration, disks, start, first boot. */
export function createVmSteps(
  wanted: WantedVm,
  { topology, observed, context }: VmPlanInput,
  { template, reason, effect, needs, parkedByPlan = [] }: CreateOptions,
): Step[] {
  const { ref, vm, spec, seedStorage, object } = wanted
  const system = spec.disks.find((disk) => disk.kind === 'system') ?? spec.disks[0]
  const storage = system?.storage ?? template.storage
  const parts = { of: vm.id, object, effect }
  const lock = storageLock(ref.at, storage)

  const upload = makeStep(
    context,
    'seed.upload',
    {
      ...{ ref, topologyId: context.topologyId, storage: seedStorage },
      seed: toSeed(vm, topology, context),
    },
    {
      ...parts,
      needs,
      reason: 'its first boot reads name, keys and network from it',
      effect: 'prepare',
    },
  )
  const clone = makeStep(
    context,
    'vm.clone',
    { ref, templateVmid: template.ref.vmid, templateNode: template.ref.at.node, storage },
    { ...parts, needs: [`template.seal:${template.id}`, ...needs], reason, locks: [lock] },
  )
  const configure = makeStep(
    context,
    'vm.configure',
    { ref, spec, seedVolume: seedVolume(seedStorage, ref) },
    { ...parts, needs: [clone.id, upload.id], reason: 'a clone looks like its template' },
  )
  const parked = [...parkedByPlan, ...(observed.parked ?? []).map((disk) => disk.serial)]
  const unpark = spec.disks.flatMap(({ serial, slot }) =>
    serial !== null && parked.includes(serial)
      ? makeStep(
          context,
          'disk.unpark',
          { ref, holder: holderOf(wanted, { topology, observed, context }), serial, slot },
          {
            ...{ ...parts, of: `${vm.id}/${serial}` },
            needs: [configure.id],
            reason: `its data disk ${serial} was kept`,
          },
        )
      : [],
  )
  const disks = makeStep(
    context,
    'vm.disks',
    { ref, disks: spec.disks },
    {
      ...parts,
      needs: [configure.id, ...unpark.map((step) => step.id)],
      reason: 'the template has one small disk',
      locks: [lock],
    },
  )
  const start = makeStep(
    context,
    'vm.start',
    { ref },
    { ...parts, needs: [disks.id, upload.id], reason: 'it is wanted running' },
  )
  return [upload, clone, configure, ...unpark, disks, start, ...bootSteps(wanted, context, start)]
}

/** Waits for a guest's first boot and takes its seed away, which holds a private key. */
function bootSteps(wanted: WantedVm, context: PlanContext, after: Step | null): Step[] {
  const { ref, vm, guest, seedStorage, object } = wanted
  if (!guest) return []
  const parts = { of: vm.id, object, effect: 'prepare' } as const
  const ready = makeStep(
    context,
    'guest.ready',
    { guest },
    { ...parts, needs: after ? [after.id] : [], reason: 'what follows needs it to answer' },
  )
  const remove = makeStep(
    context,
    'seed.remove',
    { ref, storage: seedStorage },
    { ...parts, needs: [ready.id], reason: 'it holds a private key and was read' },
  )
  return [ready, remove]
}

/** What a VM that exists lacks, and the difference that it comes from. Empty when all is as wanted. */
export function changeVmSteps(
  wanted: WantedVm,
  seen: ObservedVm,
  input: VmPlanInput,
): { steps: Step[]; diff: SpecDiff; restart: boolean } {
  const spec = specBeside(wanted, seen.spec)
  const diff = diffSpec(seen.spec, spec)
  const { context } = input
  const { ref, vm, object, adopted } = wanted
  const parts = { of: vm.id, object, effect: 'change' } as const
  const stop = diff.surplus.length > 0 && seen.running
  const reboot = diff.fields.some((field) => field.cost === 'reboot')
  // What waited before it was taken over may go on waiting.
  const waits = seen.pending.length > 0 && adopted === null
  const restart = seen.running && !stop && (reboot || waits)
  const steps: Step[] = []
  const last = () => steps.at(-1)?.id ?? null

  if (stop) steps.push(stopStep(wanted, context, 'a disk that leaves it is moved'))
  for (const disk of diff.surplus) steps.push(parkStep(wanted, disk, input, last()))
  if (diff.configure)
    steps.push(
      makeStep(
        context,
        'vm.configure',
        { ref, spec, seedVolume: null, ...(adopted ? { only: configuredFields(diff) } : {}) },
        { ...parts, needs: [last()], reason: reasonOf(diff) },
      ),
    )
  if (diff.disks) steps.push(...diskSteps(wanted, spec, input, last()))
  if (restart) {
    const why = reboot ? rebootReason(diff) : `${seen.pending.join(', ')} waits for a restart`
    const args = { ref, why }
    const options = { ...parts, effect: 'reboot', needs: [last()], reason: why } as const
    steps.push(makeStep(context, 'vm.restart', args, options))
  } else if ((!seen.running && adopted === null) || stop) {
    const reason = stop ? 'it was stopped to move a disk' : 'it is stopped and wanted running'
    steps.push(
      makeStep(
        context,
        'vm.start',
        { ref },
        { ...parts, effect: 'start', needs: [last()], reason },
      ),
    )
  }
  const woken = restart || stop || !seen.running
  if (woken || seen.seedAttached) {
    const boot = bootSteps(wanted, context, woken ? (steps.at(-1) ?? null) : null)
    steps.push(...(seen.seedAttached ? boot : boot.slice(0, 1)))
  }
  return { steps, diff, restart: restart || stop }
}

function diskSteps(
  wanted: WantedVm,
  spec: VmSpec,
  input: VmPlanInput,
  after: string | null,
): Step[] {
  const { ref, vm, object } = wanted
  const { context, observed } = input
  const parts = { object, effect: 'change' } as const
  const waiting = new Set((observed.parked ?? []).map((disk) => disk.serial))
  const unpark = spec.disks.flatMap(({ serial, slot }) =>
    serial !== null && waiting.has(serial)
      ? makeStep(
          context,
          'disk.unpark',
          { ref, holder: holderOf(wanted, input), serial, slot },
          {
            ...{ ...parts, of: `${vm.id}/${serial}` },
            needs: [after],
            reason: `its data disk ${serial} was kept`,
          },
        )
      : [],
  )
  const disks = makeStep(
    context,
    'vm.disks',
    { ref, disks: spec.disks },
    {
      ...{ ...parts, of: vm.id },
      needs: [after, ...unpark.map((step) => step.id)],
      reason: 'a disk is missing, too small, elsewhere or has other options',
      locks: [...new Set(spec.disks.map((disk) => storageLock(ref.at, disk.storage)))],
    },
  )
  return [...unpark, disks]
}

/** Moves a data disk to the holder, so that nothing that happens to its VM can delete it. */
export function parkStep(
  wanted: WantedVm,
  disk: DiskSpec,
  input: VmPlanInput,
  after: string | null,
): Step {
  const { ref, vm, object } = wanted
  const serial = disk.serial ?? ''
  return makeStep(
    input.context,
    'disk.park',
    { ref, holder: holderOf(wanted, input), serial },
    {
      of: `${vm.id}/${serial}`,
      object,
      effect: 'change',
      needs: [after],
      reason: `${disk.sizeGib} GiB of data on it are kept`,
    },
  )
}

/** Asks the guest to shut down, a minute long, then switches it off. */
export function stopStep(
  wanted: Pick<WantedVm, 'ref' | 'object'>,
  context: PlanContext,
  reason: string,
  needs: readonly (string | null)[] = [],
): Step {
  const { ref, object } = wanted
  return makeStep(
    context,
    'vm.stop',
    { ref, graceS: 60 },
    { of: ref.vm, object, effect: 'stop', needs, reason },
  )
}

/** The differences that `vm.configure` writes, each by what it is a part of: `memoryMib`, `net0`. */
const configuredFields = ({ fields }: SpecDiff): string[] => {
  const names = fields.map(({ field }) => field.split('.')[0] ?? field)
  return [...new Set(names)].filter((each) => !/^(scsi|virtio|sata|ide)\d+$/.test(each))
}

const fieldNames = (fields: SpecDiff['fields']) => fields.map((field) => field.field).join(', ')
const reasonOf = (diff: SpecDiff) => `differs from the document: ${fieldNames(diff.fields)}`
const rebootReason = (diff: SpecDiff) =>
  `${fieldNames(diff.fields.filter((field) => field.cost === 'reboot'))} takes effect at a restart`

/**
 * Restarts of one cluster's VMs come one after the other, each when the one before is a ready node
 * again (or answers, if it is none), so that a change of size never takes a cluster down.
 */
export function oneRestartAtATime(steps: readonly Step[], topology: Topology): Step[] {
  const lastReady = new Map<string, string>()
  const ids = new Set(steps.map((step) => step.id))
  return steps.map((step) => {
    if (step.kind !== 'vm.restart' && !(step.kind === 'vm.stop' && step.effect === 'stop'))
      return step
    const needs = new Set(step.needs)
    for (const cluster of clustersOf(topology, step.args.ref.vm)) {
      const before = lastReady.get(cluster)
      if (before) needs.add(before)
      const vm = step.args.ref.vm
      const ready = [`k8s.node-ready:${vm}`, `guest.ready:${vm}`].find((id) => ids.has(id))
      lastReady.set(cluster, ready ?? step.id)
    }
    return { ...step, needs: [...needs] }
  })
}

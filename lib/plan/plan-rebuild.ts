import { unknownClusterRefusals } from './cluster/judge'
import { type DraftResult, refused } from './draft'
import { foreignDiskRefusals } from './foreign-disks'
import { makeStep } from './make-step'
import type { ObservedVm } from './observed'
import type { FieldChange } from './plan'
import { leaveSteps, rejoinSteps } from './plan-cluster'
import { hostRefusals, templateBlockers, templateRefusals, whyUnknown } from './refusals'
import type { Step } from './step'
import { takenOverRefusal } from './taken-over'
import { templateSteps, wantTemplate } from './template-steps'
import { createVmSteps, parkStep, stopStep, type VmPlanInput } from './vm-steps'
import { type WantedVm, wantVm } from './wanted-vm'
import { whyNotRebuild } from './why-not'
import { indexWorld, seenVm } from './world'

/**
 * Makes one worker or plain VM anew from its template, data disks kept: out of its cluster, stopped,
 * data disks to the holder, deleted, cloned, data disks back, into its cluster. Touches no other VM.
 */
export function planRebuild(vmId: string, input: VmPlanInput): DraftResult {
  const { topology, observed, context } = input
  const object = ['vms', vmId]
  const refuse = (code: string, message: string) => refused({ code, message, object })
  const whyNot = whyNotRebuild(topology, vmId)
  if (whyNot !== null) return refuse('plan.not-rebuildable', whyNot)
  const wanted = wantVm(topology, vmId, context)
  if ('refused' in wanted) return refused(wanted.refused)
  const world = indexWorld(topology, observed, context)
  const template = wantTemplate(topology, wanted.vm.template ?? '', context)
  if ('refused' in template) return refused(template.refused)
  const hosts = hostRefusals([wanted.hostId, template.hostId], world, context)
  if (hosts.length > 0) return refused(...hosts)

  const seen = seenVm(world, wanted.hostId, vmId)
  const { name } = wanted.vm
  if (seen.state === 'unknown')
    return refuse(
      'plan.unknown-vm-state',
      `${name} cannot be rebuilt - ${whyUnknown(seen, context.now)} - refresh, then plan again.`,
    )
  if (seen.state === 'absent')
    return refuse(
      'plan.absent-vm',
      `${name} cannot be rebuilt - it does not exist - Deploy makes it.`,
    )
  if (seen.value.vmid !== wanted.ref.vmid || seen.value.node !== wanted.ref.at.node)
    return refuse(
      'plan.vmid-changed',
      `${name} cannot be rebuilt - it is VMID ${seen.value.vmid} on ${seen.value.node}, the document says otherwise - set VMID and host back.`,
    )
  if (seen.value.takenOver) return refused(takenOverRefusal(name, object, 'rebuilt'))
  const silent = unknownClusterRefusals(topology, observed, context, vmId)
  if (silent.length > 0) return refused(...silent)
  const foreign = foreignDiskRefusals(name, object, seen.value, 'rebuilt')
  if (foreign.length > 0) return refused(...foreign)
  const elsewhere = [
    ...templateBlockers(template, world, context),
    ...templateRefusals(template, wanted, topology, world),
  ]
  if (elsewhere.length > 0) return refused(...elsewhere)

  const gone = removalSteps(wanted, seen.value, input)
  const parked = dataDisks(seen.value).map((disk) => disk.serial)
  const reason = `${name} is made anew from ${template.ref.name}`
  const made = createVmSteps(wanted, input, {
    ...{ template, reason, effect: 'replace' },
    needs: [`vm.delete:${vmId}`],
    parkedByPlan: parked,
  })
  const system = seen.value.spec.disks.find((disk) => disk.kind === 'system')
  return {
    steps: [
      ...templateSteps(template, observed, context),
      ...gone,
      ...made,
      ...rejoinSteps(topology, observed, context, vmId),
    ],
    changes: [{ object, name, effect: 'replace', fields: replaced(seen.value), reason }],
    losses: [
      `Everything on the system disk of ${name}${system ? ` (${system.sizeGib} GiB)` : ''}: it is made anew from ${template.ref.name}.`,
    ],
    notes: parked.length > 0 ? [`The data disks of ${name} are kept: ${parked.join(', ')}.`] : [],
    wayBack: `There is no way back to the old ${name}; its data disks are kept and attached again.`,
    level: 2,
  }
}

/** Takes a VM out of its cluster and away, its data disks first. */
function removalSteps(wanted: WantedVm, seen: ObservedVm, input: VmPlanInput): Step[] {
  const { topology, observed, context } = input
  const { ref, vm, object } = wanted
  const leave = leaveSteps(topology, observed, context, vm.id)
  const reason = 'it is made anew'
  const stop = stopStep(
    wanted,
    context,
    reason,
    leave.map((step) => step.id),
  )
  const parts = { of: vm.id, object, reason }
  const unprotect = seen.spec.protection
    ? [
        makeStep(
          context,
          'vm.unprotect',
          { ref },
          { ...parts, effect: 'prepare', needs: [stop.id] },
        ),
      ]
    : []
  const before = [stop, ...unprotect].at(-1)?.id ?? null
  const park = dataDisks(seen).map((disk) => parkStep(wanted, disk, input, before))
  const remove = makeStep(
    context,
    'vm.delete',
    { ref },
    { ...parts, effect: 'replace', needs: [before, ...park.map((step) => step.id)] },
  )
  return [...leave, stop, ...unprotect, ...park, remove]
}

const dataDisks = (seen: ObservedVm) =>
  seen.spec.disks.flatMap((disk) =>
    disk.kind === 'data' && disk.serial !== null ? { ...disk, serial: disk.serial } : [],
  )

const replaced = (seen: ObservedVm): FieldChange[] =>
  seen.spec.disks
    .filter((disk) => disk.kind === 'system')
    .map((disk) => ({
      ...{ field: disk.slot, from: `${disk.sizeGib} GiB`, to: `${disk.sizeGib} GiB, new` },
      cost: 'replace',
    }))

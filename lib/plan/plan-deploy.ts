import type { Topology } from '@/lib/topology/topology'
import { judgeCluster } from './cluster/judge'
import type { PlanContext } from './context'
import { type DraftResult, refused } from './draft'
import { holdsAt, leaveOutHeld } from './holds'
import { identityRefusals } from './identity'
import { type NetworkDraft, planBridges } from './networks/plan-bridges'
import { planSdn } from './networks/plan-sdn'
import { plugRefusals, tagNotes, waitForNetworks } from './networks/plugs'
import type { ObservedVm, VmSpec } from './observed'
import type { FieldChange, ObjectChange, Refused } from './plan'
import { clusterSteps, recoverSteps } from './plan-cluster'
import {
  diskElsewhereRefusals,
  hostRefusals,
  roomRefusals,
  templateBlockers,
  templateRefusals,
  whyUnknown,
} from './refusals'
import { specBeside } from './spec-beside'
import { diffSpec } from './spec-diff'
import type { Step } from './step'
import { takenOverRefusal } from './taken-over'
import { staleNotes, templateSteps, type WantedTemplate, wantTemplate } from './template-steps'
import { changeVmSteps, createVmSteps, oneRestartAtATime, type VmPlanInput } from './vm-steps'
import { type WantedVm, wantVm } from './wanted-vm'
import { indexWorld, seenVm, type World } from './world'

/**
 * From what is seen to what the document wants: templates, then VMs, then clusters. Nothing here
 * deletes a VM; one that left the document is named in the notes and removed by Destroy. What is held
 * is left out, with what cannot be done without it.
 */
export function planDeploy(input: VmPlanInput): DraftResult {
  const { topology, observed, context } = input
  const world = indexWorld(topology, observed, context)
  const on = holdsAt(topology, context.now)
  const everyVm = Object.keys(topology.vms ?? {})
  const vmIds = everyVm.filter((id) => on(['vms', id]) === null)
  const templates = wantTemplates(topology, vmIds, context)
  const vms = vmIds.map((id) => wantVm(topology, id, context))
  const faults = [...vms, ...templates.values()].flatMap((each) =>
    'refused' in each ? each.refused : [],
  )
  const wanted = vms.filter((vm): vm is WantedVm => !('refused' in vm))
  faults.push(...hostRefusals(hostsIn(wanted, templates), world, context))
  if (faults.length > 0) return refused(...faults)

  const bridges = planBridges(input, on)
  const sdn = planSdn(input, on)
  const makes = new Map([...bridges.makes, ...sdn.makes])
  const usable = [...templates.values()].filter((t): t is WantedTemplate => !('refused' in t))
  const blocked = usable.flatMap((template) => templateBlockers(template, world, context))
  const templated = usable.flatMap((template) => templateSteps(template, observed, context))
  const planned = wanted.map((vm) =>
    planVm(vm, { ...input, world, makes, template: usable.find((t) => t.id === vm.vm.template) }),
  )
  const verdicts = Object.keys(topology.clusters ?? {})
    .filter((id) => on(['clusters', id]) === null)
    .map((id) => judgeCluster(topology, observed, context, id))
  const refusals = [
    ...blocked,
    ...[bridges, sdn, ...planned, ...verdicts].flatMap((each) => each.refusals),
  ]
  if (refusals.length > 0) return refused(...refusals)

  const held = heldVmSteps(
    everyVm.filter((id) => !vmIds.includes(id)),
    { ...input, world, makes },
    usable,
  )
  const vmSteps = oneRestartAtATime(
    planned.flatMap((each) => each.steps),
    topology,
  )
  const recovering = new Set(vmSteps.map((step) => step.id))
  const clustered = clusterSteps(topology, observed, context).filter(
    (step) => !recovering.has(step.id),
  )
  const made = wanted.filter((_, i) => planned[i]?.change?.effect === 'create')
  const networked = [...bridges.steps, ...sdn.steps]
  const plugging = waitForNetworks(
    [...templated, ...held, ...vmSteps],
    makes,
    pluggedOf(wanted, usable),
  )
  const left = leaveOutHeld([...networked, ...plugging, ...clustered], on, observed)
  return {
    steps: left.steps,
    changes: [...bridges.changes, ...sdn.changes, ...planned.flatMap((each) => each.change ?? [])],
    losses: [],
    notes: [
      ...left.notes,
      ...bridges.notes,
      ...sdn.notes,
      ...tagNotes(made, world, makes),
      ...orphanNotes(world, topology),
      ...usable.flatMap((template) =>
        templateSteps(template, observed, context).length > 0 ? [] : staleNotes(template, input),
      ),
      ...[...planned, ...verdicts].flatMap((each) => each.notes),
    ],
    wayBack: `Deploy an older revision to go back; VMs that were made are removed by Destroy.${networked.length === 0 ? '' : NETWORK_WAY_BACK}`,
    level: networked.length === 0 ? 0 : 2,
  }
}

const NETWORK_WAY_BACK =
  " Proxmox takes no change of a host's network back by itself: if a host stops answering, restore /etc/network/interfaces at its console and run ifreload -a."

/** Where VMs and templates are plugged in, by the object of their steps. */
const pluggedOf = (
  vms: readonly WantedVm[],
  templates: readonly WantedTemplate[],
): Map<string, { hostId: string; bridges: string[] }> =>
  new Map([
    ...vms.map(({ object, hostId, spec }): [string, { hostId: string; bridges: string[] }] => {
      return [object.join('/'), { hostId, bridges: spec.nics.map(({ bridge }) => bridge) }]
    }),
    ...templates.map(({ id, hostId, bridge }): [string, { hostId: string; bridges: string[] }] => {
      return [`templates/${id}`, { hostId, bridges: [bridge] }]
    }),
  ])

type Templates = Map<string, WantedTemplate | { refused: Refused }>

/** The templates that some of these VMs are cloned from. */
function wantTemplates(
  topology: Topology,
  vmIds: readonly string[],
  context: PlanContext,
): Templates {
  const used = new Set(vmIds.flatMap((id) => topology.vms?.[id]?.template ?? []))
  return new Map([...used].map((id) => [id, wantTemplate(topology, id, context)]))
}

const hostsIn = (wanted: readonly WantedVm[], templates: Templates): string[] => [
  ...wanted.map((vm) => vm.hostId),
  ...[...templates.values()].flatMap((each) => ('refused' in each ? [] : each.hostId)),
]

/**
 * What would be done to VMs that are left alone, so that the plan can say so and others do not build
 * on what is not made. Nobody asks whether it could be: a host that is off for repair is why most
 * holds are there.
 */
function heldVmSteps(
  ids: readonly string[],
  input: VmPlanInput & { world: World; makes: NetworkDraft['makes'] },
  templates: readonly WantedTemplate[],
): Step[] {
  return ids.flatMap((id) => {
    const wanted = wantVm(input.topology, id, input.context)
    if ('refused' in wanted) return []
    const template = templates.find((each) => each.id === wanted.vm.template)
    return planVm(wanted, { ...input, template }).steps
  })
}

type VmPlan = { steps: Step[]; change: ObjectChange | null; refusals: Refused[]; notes: string[] }
type PlanVmInput = VmPlanInput & {
  world: World
  /** What the plan makes before, as `host bridge`. */
  makes: NetworkDraft['makes']
  template: WantedTemplate | undefined
}

function planVm(wanted: WantedVm, input: PlanVmInput): VmPlan {
  const seen = seenVm(input.world, wanted.hostId, wanted.vm.id)
  const { object, vm } = wanted
  const none: VmPlan = { steps: [], change: null, refusals: [], notes: [] }
  if (seen.state === 'unknown') {
    const why = whyUnknown(seen, input.context.now)
    const message = `${vm.name} cannot be planned - ${why} - refresh, then plan again.`
    return { ...none, refusals: [{ code: 'plan.unknown-vm-state', message, object }] }
  }
  if (seen.state === 'known') return planExisting(wanted, seen.value, input)

  const { template, world, topology } = input
  if (wanted.adopted) {
    const message = `${vm.name} cannot be planned - VMID ${wanted.ref.vmid} does not carry the mark of this drawing yet, and what is not marked is never changed - run Adopt first, or take ${vm.name} out of the document.`
    return { ...none, refusals: [{ code: 'plan.not-adopted', message, object }] }
  }
  if (!template) {
    const message = `${vm.name} cannot be made - it names no template - choose one in the document.`
    return { ...none, refusals: [{ code: 'plan.no-template', message, object }] }
  }
  const refusals = [
    ...templateRefusals(template, wanted, topology, world),
    ...roomRefusals(wanted, world),
    ...plugRefusals(wanted, null, world, input.makes),
    ...diskElsewhereRefusals(wanted, world),
  ]
  const reason = `${vm.name} does not exist`
  const effect = 'create'
  const steps = createVmSteps(wanted, input, { template, reason, effect, needs: [] })
  const change = { object, name: vm.name, effect, fields: created(wanted.spec), reason } as const
  return { ...none, steps, change, refusals }
}

function planExisting(wanted: WantedVm, seen: ObservedVm, input: PlanVmInput): VmPlan {
  const { object, vm } = wanted
  // As one of the panel's own everything of it would be written over, its boot order and buses too.
  if (seen.takenOver && wanted.adopted === null) {
    const refusals = [takenOverRefusal(vm.name, object, 'changed')]
    return { steps: [], change: null, refusals, notes: [] }
  }
  const refusals = [
    ...identityRefusals(wanted, seen, input.topology),
    ...plugRefusals(wanted, seen, input.world, input.makes),
  ]
  const { steps, diff, restart } = changeVmSteps(wanted, seen, input)
  if (restart) steps.push(...recoverSteps(input.topology, input.observed, input.context, vm.id))
  for (const { disk, seen: was } of diff.shrunk)
    refusals.push({
      code: 'plan.disk-shrink',
      message: `${vm.name} cannot be changed - disk ${disk.slot} has ${was.sizeGib} GiB and a disk cannot shrink to ${disk.sizeGib} GiB - write ${was.sizeGib} back.`,
      object,
    })
  if (steps.length === 0) return { steps, change: null, refusals, notes: [] }
  const changes = diff.fields.length > 0 || seen.running
  const effect = restart ? 'reboot' : changes ? 'change' : 'start'
  const reason = steps.find((step) => step.effect === effect)?.reason ?? steps[0]?.reason ?? ''
  const change = { object, name: vm.name, effect, fields: diff.fields, reason } as const
  return { steps, change, refusals, notes: existingNotes(wanted, seen) }
}

/** What the configuration of a VM cannot bring about inside its guest. */
function existingNotes(wanted: WantedVm, seen: ObservedVm): string[] {
  const { vm } = wanted
  const nics = specBeside(wanted, seen.spec).nics.filter(
    (nic) => !seen.spec.nics.some((was) => was.slot === nic.slot),
  )
  return nics.map(
    (nic) =>
      `${vm.name} gets ${nic.slot}; its guest learnt its network at first boot and configures the new NIC only after a Rebuild or by hand.`,
  )
}

/** The fields of a VM that is made, each from nothing. */
function created(spec: VmSpec): FieldChange[] {
  const empty: VmSpec = { ...spec, nics: [], disks: [] }
  const shown = ['cpus', 'memoryMib'] as const
  return [
    ...shown.map((field) => ({
      field,
      from: null,
      to: String(spec[field]),
      cost: 'in-place' as const,
    })),
    ...diffSpec(empty, spec).fields,
  ]
}

/** VMs of ours that left the document. Deploy never deletes. */
function orphanNotes(world: World, topology: Topology): string[] {
  return [...world.ours.values()].flatMap(({ marker, guest, hostId }) =>
    marker?.kind === 'vms' && !topology.vms?.[marker.id]
      ? `${guest.name} (VMID ${guest.vmid} on ${hostId}) left the document and is left alone; Destroy ${marker.id} removes it.`
      : [],
  )
}

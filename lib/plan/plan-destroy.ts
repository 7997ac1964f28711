import { clustersOf } from './desired'
import { type DraftResult, refused } from './draft'
import { removeFirewall } from './firewall/plan-firewall'
import { foreignDiskRefusals } from './foreign-disks'
import { holderOf } from './holder'
import { makeStep } from './make-step'
import { removeBridges } from './networks/plan-bridges'
import { removeSdn } from './networks/plan-sdn'
import type { DiskSpec, ObservedVm } from './observed'
import { placeOf, proxmoxHosts, refTo, storageFor } from './places'
import type { ObjectChange, Refused } from './plan'
import { leaveSteps } from './plan-cluster'
import { hostRefusals } from './refusals'
import type { Step, VmRef } from './step'
import { stopStep, type VmPlanInput } from './vm-steps'
import { indexWorld, type World } from './world'

/** A VM of ours that exists, whether or not the document still has it. */
type Target = { ref: VmRef; hostId: string; seen: ObservedVm; object: readonly string[] }

export type DestroyGoal = { disks: readonly string[]; vm?: string }

/**
 * Takes away what is ours: one VM, or all VMs and templates of the topology. Data disks whose serial
 * is in `disks` are deleted; the others move to the host's holder first.
 */
export function planDestroy(goal: DestroyGoal, input: VmPlanInput): DraftResult {
  const { topology, observed, context } = input
  const world = indexWorld(topology, observed, context)
  const hosts = hostRefusals(hostsOf(goal, world, input), world, context)
  if (hosts.length > 0) return refused(...hosts)
  const found = findTargets(goal, world, input)
  const isAdopted = ({ ref, seen }: Target) =>
    seen.takenOver === true || topology.vms?.[ref.vm]?.adopted === true
  const adopted = found.filter(isAdopted)
  if (goal.vm !== undefined && adopted.length > 0) return refused(...adopted.map(notOurs))
  const targets = found.filter((target) => !isAdopted(target))
  const unknown = [
    ...unknownRefusals(goal, targets, input),
    ...targets.flatMap(({ ref, object, seen }) =>
      foreignDiskRefusals(ref.name, object, seen, 'destroyed'),
    ),
  ]
  if (unknown.length > 0) return refused(...unknown)

  const ticked = new Set(goal.disks)
  const vmSteps = targets.flatMap((target) =>
    removeVm(target, ticked, goal.vm !== undefined, input),
  )
  const rest = goal.vm === undefined ? removeRest(ticked, targets, world, input) : []
  const removed = [...vmSteps, ...rest]
  const nets = goal.vm === undefined ? removeNetworks(removed, input) : { steps: [], changes: [] }
  const wall = goal.vm === undefined ? removeFirewall(input) : NO_FIREWALL
  const steps = [...removed, ...nets.steps, ...wall.steps]
  const kept = [
    ...targets.flatMap((target) => dataDisks(target.seen)),
    ...(goal.vm === undefined ? (observed.parked ?? []) : []),
  ].filter((disk) => !ticked.has(disk.serial ?? ''))
  return {
    steps,
    changes: [...targets.map(toChange), ...nets.changes, ...wall.changes],
    losses: [
      ...targets.flatMap((target) => lossesOf(target, ticked)),
      ...wholeLosses(goal, input),
      ...wall.losses,
    ],
    notes: [
      ...kept.map((disk) => `Data disk ${disk.serial} (${disk.sizeGib} GiB) is kept.`),
      ...adopted.map(({ ref }) => `${ref.name} was taken over, not made here, and is left alone.`),
      ...silentClusters(goal, input),
      ...wall.notes,
    ],
    wayBack:
      'There is no way back to what is deleted. Deploy makes the VMs again, empty, and attaches the data disks that were kept.',
    level: 3,
  }
}

/** One VM's rules go with it. */
const NO_FIREWALL = { steps: [], changes: [], losses: [], notes: [] }

/** Bridges and VNets of ours go when nothing of ours is plugged into them any more. */
function removeNetworks(removed: readonly Step[], input: VmPlanInput) {
  const needs = removed.filter(({ kind }) => kind === 'vm.delete').map(({ id }) => id)
  const bridges = removeBridges(input, () => needs)
  const sdn = removeSdn(input, needs)
  return {
    steps: [...bridges.steps, ...sdn.steps],
    changes: [...bridges.changes, ...sdn.changes],
  }
}

/** What was on a machine before it was taken over was never the panel's to delete. */
const notOurs = ({ ref, object }: Target): Refused => ({
  code: 'plan.adopted',
  message: `${ref.name} cannot be destroyed - it was taken over with what is on it, not made by the panel - delete it in Proxmox, then take it out of the document.`,
  object,
})

/** Hosts that must have been read: those of the topology, or the one VM's. */
function hostsOf(goal: DestroyGoal, world: World, { topology }: VmPlanInput): string[] {
  const all = proxmoxHosts(topology).filter((id) => placeOf(topology, id) !== null)
  if (goal.vm === undefined) return all
  const host = world.ours.get(`vms/${goal.vm}`)?.hostId ?? topology.vms?.[goal.vm]?.host
  return host === undefined ? all : [host]
}

/** Found where their marker was seen: two standalone Proxmox may both call their node `pve`. */
function findTargets(
  goal: DestroyGoal,
  world: World,
  { topology, observed, context }: VmPlanInput,
): Target[] {
  return Object.entries(observed.vms).flatMap(([id, seen]) => {
    if (seen.state !== 'known' || (goal.vm !== undefined && goal.vm !== id)) return []
    const hostId = world.ours.get(`vms/${id}`)?.hostId
    const at = hostId === undefined ? null : placeOf(topology, hostId)
    if (!at || hostId === undefined) return []
    const name = topology.vms?.[id]?.name ?? seen.value.spec.name
    const ref = refTo(at, { kind: 'vms', id, vmid: seen.value.vmid, name }, context)
    return { ref, hostId, seen: seen.value, object: ['vms', id] }
  })
}

/** VMs whose state nobody knows, and ticked disks that nobody has. */
function unknownRefusals(goal: DestroyGoal, targets: readonly Target[], input: VmPlanInput) {
  const { observed } = input
  const unknown = Object.entries(observed.vms).filter(
    ([id, seen]) => seen.state === 'unknown' && (goal.vm === undefined || goal.vm === id),
  )
  const serials = new Set([
    ...targets.flatMap((target) => dataDisks(target.seen).map((disk) => disk.serial)),
    ...(observed.parked ?? []).map((disk) => disk.serial),
  ])
  return [
    ...unknown.map(([id, seen]) => ({
      code: 'plan.unknown-vm-state',
      message: `${id} cannot be destroyed - ${seen.state === 'unknown' ? seen.reason : ''} - refresh, then plan again.`,
      object: ['vms', id],
    })),
    ...goal.disks
      .filter((serial) => !serials.has(serial))
      .map((serial) => ({
        code: 'plan.unknown-disk',
        message: `Disk ${serial} cannot be deleted - no VM of this topology has it - untick it.`,
        object: goal.vm === undefined ? [] : ['vms', goal.vm],
      })),
  ]
}

function removeVm(
  target: Target,
  ticked: ReadonlySet<string>,
  alone: boolean,
  input: VmPlanInput,
): Step[] {
  const { ref, seen, object } = target
  const { topology, observed, context } = input
  const id = ref.vm
  // Nobody drains a cluster that goes away as a whole.
  const leave = alone ? leaveSteps(topology, observed, context, id) : []
  const reason = alone ? 'it was asked for' : 'the topology is taken down'
  const needs = leave.map((step) => step.id)
  const stop = seen.running ? [stopStep(target, context, reason, needs)] : []
  const unprotect = seen.spec.protection
    ? [
        makeStep(
          context,
          'vm.unprotect',
          { ref },
          {
            ...{ of: id, object, reason: 'Proxmox deletes no protected VM' },
            ...{ effect: 'prepare', needs: [stop[0]?.id ?? null, ...needs] },
          },
        ),
      ]
    : []
  const before = [...leave, ...stop, ...unprotect].at(-1)?.id ?? null
  const disks = dataDisks(seen).map((disk) => diskStep(target, disk, ticked, before, input))
  const seed = seedStep(target, before, input)
  const remove = makeStep(
    context,
    'vm.delete',
    { ref },
    {
      ...{ of: id, object, reason, effect: 'destroy' },
      needs: [before, ...[...disks, ...seed].map((step) => step.id)],
    },
  )
  return [...leave, ...stop, ...unprotect, ...disks, ...seed, remove]
}

/** A first boot that never ended leaves its seed behind, which holds the VM's private host key. */
function seedStep(
  { ref, hostId, seen, object }: Target,
  before: string | null,
  input: VmPlanInput,
) {
  const storage = storageFor(input.topology.hosts?.[hostId], 'iso')
  if (!seen.seedAttached || storage === null) return []
  const parts = { of: ref.vm, object, effect: 'prepare', needs: [before] } as const
  const reason = 'it holds a private key'
  return [makeStep(input.context, 'seed.remove', { ref, storage }, { ...parts, reason })]
}

function diskStep(
  target: Target,
  disk: DiskSpec,
  ticked: ReadonlySet<string>,
  before: string | null,
  input: VmPlanInput,
): Step {
  const { ref, object } = target
  const serial = disk.serial ?? ''
  const parts = { of: `${ref.vm}/${serial}`, object, needs: [before] }
  if (ticked.has(serial))
    return makeStep(
      input.context,
      'disk.delete',
      { ref, serial },
      {
        ...parts,
        effect: 'destroy',
        reason: `it was ticked: ${disk.sizeGib} GiB of data are lost`,
      },
    )
  return makeStep(
    input.context,
    'disk.park',
    { ref, holder: holderOf(target, input), serial },
    { ...parts, effect: 'prepare', reason: `${disk.sizeGib} GiB of data on it are kept` },
  )
}

/** Templates, ticked disks that wait in a holder, and holders that hold nothing afterwards. */
function removeRest(
  ticked: ReadonlySet<string>,
  targets: readonly Target[],
  world: World,
  { topology, observed, context }: VmPlanInput,
): Step[] {
  const reason = 'the topology is taken down'
  const templates = [...world.ours.values()].filter(({ marker }) => marker?.kind === 'templates')
  const steps: Step[] = templates.flatMap(({ marker, guest, hostId }) => {
    const at = placeOf(topology, hostId)
    if (!marker || !at) return []
    const id = marker.id
    const ref = refTo(at, { kind: 'templates', id, vmid: guest.vmid, name: guest.name }, context)
    const parts = { of: `template-${id}`, object: ['templates', id], reason }
    return makeStep(context, 'vm.delete', { ref }, { ...parts, effect: 'destroy' })
  })
  const holders = [...world.ours.values()].filter(({ marker }) => marker?.kind === 'holders')
  for (const { guest, hostId } of holders) {
    const at = placeOf(topology, hostId)
    if (!at) continue
    const parts = { kind: 'holders', id: hostId, vmid: guest.vmid, name: guest.name } as const
    const ref = refTo(at, parts, context)
    const object = ['hosts', hostId]
    const inside = (observed.parked ?? []).filter((disk) => disk.holderVmid === guest.vmid)
    const deletes = inside
      .filter((disk) => ticked.has(disk.serial))
      .map(({ serial, sizeGib }) =>
        makeStep(
          context,
          'disk.delete',
          { ref, serial },
          {
            ...{ of: `holder-${hostId}/${serial}`, object, effect: 'destroy' },
            reason: `it was ticked: ${sizeGib} GiB of data are lost`,
          },
        ),
      )
    steps.push(...deletes)
    const joins = targets.some(
      (target) =>
        target.hostId === hostId &&
        dataDisks(target.seen).some((disk) => !ticked.has(disk.serial ?? '')),
    )
    if (joins || deletes.length < inside.length) continue
    const needs = deletes.map((step) => step.id)
    const last = { of: `holder-${hostId}`, object, needs, reason: 'it holds no disk any more' }
    steps.push(makeStep(context, 'vm.delete', { ref }, { ...last, effect: 'destroy' }))
  }
  return steps
}

/** One VM of a cluster that does not answer is destroyed without being drained or taken out. */
const silentClusters = ({ vm }: DestroyGoal, { topology, observed }: VmPlanInput): string[] =>
  (vm === undefined ? [] : clustersOf(topology, vm))
    .filter((id) => observed.clusters[id]?.state === 'unknown')
    .map(
      (id) =>
        `Cluster ${id} does not answer: ${vm} is neither drained nor taken out of it. Remove its node, and its etcd member if it has one, once the cluster is back.`,
    )

const dataDisks = (seen: ObservedVm) => seen.spec.disks.filter((disk) => disk.kind === 'data')

function toChange({ ref, seen, object }: Target): ObjectChange {
  const reason = 'it is destroyed'
  const fields = seen.spec.disks.map((disk) => ({
    ...{ field: disk.slot, from: `${disk.sizeGib} GiB on ${disk.storage}`, to: null },
    cost: 'in-place' as const,
  }))
  return { object, name: ref.name, effect: 'destroy', fields, reason }
}

function lossesOf({ ref, seen }: Target, ticked: ReadonlySet<string>): string[] {
  return seen.spec.disks.flatMap((disk) => {
    if (disk.kind === 'system') return `The system disk of ${ref.name} (${disk.sizeGib} GiB).`
    if (!ticked.has(disk.serial ?? '')) return []
    return `Data disk ${disk.serial} of ${ref.name} (${disk.sizeGib} GiB).`
  })
}

function wholeLosses(goal: DestroyGoal, { topology, observed }: VmPlanInput): string[] {
  const parked = (observed.parked ?? []).filter((disk) => goal.disks.includes(disk.serial))
  const disks = parked.map((disk) => `Kept data disk ${disk.serial} (${disk.sizeGib} GiB).`)
  const clusters = Object.keys(topology.clusters ?? {}).filter((id) =>
    goal.vm === undefined
      ? observed.clusters[id]?.state === 'known'
      : clustersOf(topology, goal.vm).includes(id) && isOnlyControlPlane(goal.vm, id, topology),
  )
  return [
    ...disks,
    ...clusters.map((id) => `Cluster ${id} with everything that is stored in its etcd.`),
  ]
}

const isOnlyControlPlane = (vm: string, cluster: string, topology: VmPlanInput['topology']) => {
  const planes = topology.clusters?.[cluster]?.controlPlanes ?? []
  return planes.length === 1 && planes[0] === vm
}

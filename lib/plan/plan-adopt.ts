import type { Vm } from '@/lib/topology/topology'
import { type Draft, type DraftResult, refused } from './draft'
import { holdsAt } from './holds'
import { makeStep } from './make-step'
import { markedNotes, takenOverMarker } from './marker'
import type { ObservedUnmarked } from './observed'
import { placeOf, refTo } from './places'
import type { ObjectChange, Refused } from './plan'
import { hostRefusals } from './refusals'
import type { Step } from './step'
import type { VmPlanInput } from './vm-steps'
import { indexWorld } from './world'

type Found = { id: string; vm: Vm; there: ObservedUnmarked }

/**
 * Writes this topology's marker into the notes of the machines that the document takes over, and into
 * those of its VMs that lost theirs: one line in the description of each, and nothing else. A machine
 * is taken only if it has the VMID and a MAC that the document says (without NICs, its name).
 */
export function planAdopt(input: VmPlanInput): DraftResult {
  const { topology, observed, context } = input
  const on = holdsAt(topology, context.now)
  const open = Object.entries(topology.vms ?? {}).filter(
    ([id]) => observed.vms[id]?.state !== 'known' && on(['vms', id]) === null,
  )
  const named = open.filter(([, vm]) => vm.adopted)
  const hosts = new Set(named.flatMap(([, { host }]) => host ?? []))
  const silent = hostRefusals([...hosts], indexWorld(topology, observed, context), context)
  if (silent.length > 0) return refused(...silent)

  const found: Found[] = open.flatMap(([id, vm]) => {
    const there = observed.unmarked?.[id]
    // A stranger at the VMID of a VM that is still to be made is Deploy's business.
    return there && (vm.adopted || isIt(vm, id, there)) ? [{ id, vm, there }] : []
  })
  const refusals = [
    ...named.flatMap(([id, vm]) => {
      if (observed.unmarked?.[id]) return []
      return [observed.vms[id] === undefined ? unlooked(id, vm) : gone(id, vm)]
    }),
    ...found.flatMap((each) => whyNotTaken(each)),
  ]
  if (refusals.length > 0) return refused(...refusals)
  return toDraft(found, input)
}

function toDraft(found: readonly Found[], { topology, context }: VmPlanInput): Draft {
  const steps: Step[] = []
  const changes: ObjectChange[] = []
  for (const { id, vm, there } of found) {
    const at = placeOf(topology, vm.host ?? '')
    if (!at) continue
    const name = vm.name ?? id
    const object = ['vms', id]
    const ref = refTo(
      { ...at, node: there.node },
      { kind: 'vms', id, vmid: there.vmid, name },
      context,
    )
    const reason = vm.adopted
      ? `${there.name} (VMID ${there.vmid}) is taken over as it is`
      : `${there.name} (VMID ${there.vmid}) lost its mark`
    steps.push(
      makeStep(
        context,
        'vm.adopt',
        { ref, macs: macsOf(vm), ...(vm.adopted ? {} : { made: true as const }) },
        { of: id, object, effect: 'adopt', reason },
      ),
    )
    const line = vm.adopted ? takenOverMarker(ref.marker) : ref.marker
    const to = markedNotes(there.notes, line)
    const field = { field: 'description', from: there.notes || null, to, cost: 'in-place' } as const
    changes.push({ object, name, effect: 'adopt', fields: [field], reason })
  }
  return {
    ...{ steps, changes, losses: [] },
    notes:
      found.length === 0
        ? ['Every machine of the document that is there is marked already.']
        : ['Nothing of a machine changes but one line in its notes.'],
    wayBack:
      'Take the line out of the notes in Proxmox, and the VM out of the document: the machine is nobody’s again.',
    level: 1,
  }
}

const macsOf = (vm: Vm): string[] => Object.values(vm.nics ?? {}).flatMap(({ mac }) => mac ?? [])

function isIt(vm: Vm, id: string, there: ObservedUnmarked): boolean {
  const macs = macsOf(vm)
  return macs.length === 0
    ? there.name === (vm.name ?? id)
    : macs.some((m) => there.macs.includes(m))
}

/** It came into the document after the last look. */
const unlooked = (id: string, { name = id }: Vm): Refused => ({
  code: 'plan.unknown-vm-state',
  message: `${name} cannot be planned - it was not looked at since it came into the document - refresh, then plan again.`,
  object: ['vms', id],
})

const gone = (id: string, { name = id, vmid, host }: Vm): Refused => ({
  code: 'plan.adopt-absent',
  message: `${name} cannot be taken over - no VM ${vmid ?? 'without a VMID'} is on the Proxmox of ${host ?? 'any host'} - it was deleted; take it out of the document.`,
  object: ['vms', id],
})

function whyNotTaken({ id, vm, there }: Found): Refused[] {
  const name = vm.name ?? id
  const object = ['vms', id]
  const refuse = (code: string, why: string, what: string) => [
    { code, message: `${name} cannot be taken over - ${why} - ${what}.`, object },
  ]
  if (there.marker !== null)
    return refuse(
      'plan.adopt-marked',
      `VMID ${there.vmid} belongs to ${there.marker}`,
      'take that line out of its notes in Proxmox if nobody manages it any more, or take it out of this document',
    )
  if (there.template)
    return refuse('plan.adopt-template', 'it is a template', 'take it out of the document')
  if (!isIt(vm, id, there))
    return refuse(
      'plan.adopt-other',
      `VMID ${there.vmid} is ${there.name} with ${there.macs.join(', ') || 'no NIC'}, not the machine that was read`,
      'read My Proxmox again',
    )
  if (there.lock !== null)
    return refuse(
      'plan.adopt-locked',
      `Proxmox holds a lock (${there.lock}) on VMID ${there.vmid}`,
      'wait until that is done, refresh, then plan again',
    )
  return []
}

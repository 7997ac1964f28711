import { type ResolvedVm, resolveVm } from '@/lib/topology/resolve'
import type { Topology, Vm } from '@/lib/topology/topology'
import type { PlanContext } from './context'
import { toGuest, toSpec } from './desired'
import type { VmSpec } from './observed'
import { placeOf, refTo, storageFor } from './places'
import type { Refused } from './plan'
import type { GuestRef, VmRef } from './step'

/** A VM as planning sees it: everything that its steps need, decided. */
export type WantedVm = {
  vm: ResolvedVm
  hostId: string
  ref: VmRef
  /** Null for a VM without an address: it is started and not waited for. */
  guest: GuestRef | null
  spec: VmSpec
  /** What the document writes of a VM that was taken over; null for one of the panel's own. */
  adopted: Vm | null
  /** Storage of its host that takes ISO images. */
  seedStorage: string
  object: readonly string[]
}

/** A VM of the document, or why nothing can be planned for it. */
export function wantVm(
  topology: Topology,
  vmId: string,
  context: PlanContext,
): WantedVm | { refused: Refused } {
  const object = ['vms', vmId]
  const refuse = (code: string, message: string) => ({ refused: { code, message, object } })
  const vm = resolveVm(topology, vmId)
  if (!vm)
    return refuse('plan.unknown-vm', `There is no VM ${vmId} in the document. Choose another one.`)
  const at = vm.host === null ? null : placeOf(topology, vm.host)
  if (vm.host === null || !at) {
    const why = vm.host === null ? 'names no host' : `stands on ${vm.host}, which has no connection`
    return refuse(
      'plan.no-connection',
      `${vm.name} cannot be planned - it ${why} - choose a Proxmox host with a connection.`,
    )
  }
  if (!context.connections.includes(at.connection))
    return refuse(
      'plan.unknown-connection',
      `${vm.name} cannot be planned - this panel has no connection ${at.connection} - add it under Settings.`,
    )
  if (vm.vmid === null || vm.nics.some((nic) => nic.mac === null))
    return refuse(
      'plan.unallocated',
      `${vm.name} has no VMID or MAC address yet - they are given on save - save the document.`,
    )
  const raw = topology.vms?.[vmId]
  const adopted = raw?.adopted === true ? raw : null
  // One that was taken over boots without a seed.
  const seedStorage = adopted ? '' : storageFor(topology.hosts?.[vm.host], 'iso')
  if (seedStorage === null)
    return refuse(
      'plan.no-iso-storage',
      `${vm.name} cannot get its first-boot seed - no storage of ${vm.host} keeps iso content - add iso to one.`,
    )
  return {
    ...{ vm, hostId: vm.host, seedStorage, object, adopted },
    ref: refTo(at, { kind: 'vms', id: vm.id, vmid: vm.vmid, name: vm.name }, context),
    guest: toGuest(vm, topology, context),
    spec: toSpec(vm),
  }
}

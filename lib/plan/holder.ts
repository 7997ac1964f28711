import type { Topology } from '@/lib/topology/topology'
import type { PlanContext } from './context'
import { parseMarker } from './marker'
import type { Observed } from './observed'
import { refTo } from './places'
import type { VmRef } from './step'

/** Where VMIDs for holders are looked for, upward. */
const FIRST_HOLDER_VMID = 9900

/**
 * The stopped VM of a host that keeps data disks without a VM. The one that is there; else the
 * first VMID from 9900 that neither the document nor any guest seen uses.
 */
export function holderOf(
  { hostId, ref }: { hostId: string; ref: VmRef },
  { topology, observed, context }: { topology: Topology; observed: Observed; context: PlanContext },
): VmRef {
  const guests = Object.values(observed.hosts).flatMap((host) =>
    host.state === 'known' ? host.value.guests : [],
  )
  const ours = guests.find((guest) => {
    const marker = parseMarker(guest.marker)
    return (
      marker?.kind === 'holders' &&
      marker.id === hostId &&
      marker.topologyId === context.topologyId &&
      marker.panelId === context.panelId
    )
  })
  const taken = new Set([
    ...guests.map((guest) => guest.vmid),
    ...Object.values(topology.vms ?? {}).map((vm) => vm.vmid),
    ...Object.values(topology.templates ?? {}).map((template) => template.vmid),
  ])
  let vmid = ours?.vmid ?? FIRST_HOLDER_VMID
  // The host's place in the document keeps two hosts from choosing the same free VMID.
  if (!ours) vmid += Math.max(0, Object.keys(topology.hosts ?? {}).indexOf(hostId))
  while (!ours && taken.has(vmid)) vmid += 100
  return refTo(
    ref.at,
    { kind: 'holders', id: hostId, vmid, name: `drawbridge-kept-disks-${hostId}` },
    context,
  )
}

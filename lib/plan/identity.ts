import { contains, parseCidr, parseIpv4 } from '@/lib/topology/ipv4'
import type { Topology } from '@/lib/topology/topology'
import { clustersOf } from './desired'
import type { ObservedVm } from './observed'
import type { Refused } from './plan'
import type { WantedVm } from './wanted-vm'

/**
 * Differences of an existing VM that no change in place can bring about: its VMID and host, the
 * address of any VM (it is set at first boot) and the name of a Kubernetes node (trap T15).
 */
export function identityRefusals(
  wanted: WantedVm,
  seen: ObservedVm,
  topology: Topology,
): Refused[] {
  const { vm, ref, object } = wanted
  const refusals: Refused[] = []
  const refuse = (code: string, message: string) => refusals.push({ code, message, object })
  if (seen.vmid !== ref.vmid)
    refuse(
      'plan.vmid-changed',
      `${vm.name} stays VMID ${seen.vmid} - a VMID cannot be changed to ${ref.vmid} - write ${seen.vmid} back into the document.`,
    )
  if (seen.node !== ref.at.node)
    refuse(
      'plan.host-changed',
      `${vm.name} stays on ${seen.node} - Deploy does not move VMs between hosts - set its host back, or migrate it in Proxmox first.`,
    )
  if (seen.spec.name !== vm.name && clustersOf(topology, vm.id).length > 0)
    refuse(
      'plan.node-renamed',
      `${seen.spec.name} cannot become ${vm.name} - the name of a Kubernetes node is its identity - set the name back, or add a new node.`,
    )
  for (const { from, to } of changedAddresses(wanted, seen, topology))
    refuse(
      'plan.address-changed',
      `${vm.name} stays at ${from} - an address is given at first boot and identifies a machine, so it cannot become ${to} in place - set it back, or Rebuild ${vm.name}.`,
    )
  return refusals
}

/**
 * NICs whose wanted address the guest agent does not report although it reports another one of the
 * same network. Without an agent, or while it reports nothing there, nobody knows.
 */
function changedAddresses({ vm, adopted }: WantedVm, seen: ObservedVm, topology: Topology) {
  // Somebody else gave it its address, and may have by DHCP.
  if (adopted) return []
  const reported = (seen.running ? seen.addresses : null) ?? []
  return vm.nics.flatMap(({ network, address }) => {
    const block = parseCidr(topology.networks?.[network]?.cidr ?? '')
    if (!block || address === null || reported.includes(address)) return []
    const there = reported.find((text) => {
      const value = parseIpv4(text)
      return value !== null && contains(block, value)
    })
    return there === undefined ? [] : [{ from: there, to: address }]
  })
}

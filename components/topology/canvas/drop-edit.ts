import type { Edit } from '@/lib/topology/edit'
import type { Topology } from '@/lib/topology/topology'
import type { Lens } from '../lens/box'
import type { ItemNode } from '../to-flow'

/**
 * What dropping an item on others means, null where it only moves the drawing: a VM on another
 * network's bus goes to that network, on another host to that host. `under` is innermost first.
 */
export function dropEdit(
  lens: Lens,
  topology: Topology,
  node: Pick<ItemNode, 'data'>,
  under: readonly string[],
): { label: string; edit: Edit } | null {
  const [kind, vm = ''] = node.data.object.split('/')
  const found = topology.vms?.[vm]
  if (kind !== 'vms' || !found) return null
  if (lens === 'network') {
    const network = idUnder(under, 'networks')
    const nics = Object.entries(found.nics ?? {})
    if (network === null || nics.some(([, nic]) => nic.network === network)) return null
    const nic = nics[0]?.[0]
    return nic === undefined
      ? { label: `Add a NIC in ${network} to ${vm}`, edit: { kind: 'addNic', vm, network } }
      : { label: `Move ${vm} to ${network}`, edit: { kind: 'moveVm', vm, nic, network } }
  }
  if (lens === 'physical') {
    const host = idUnder(under, 'hosts')
    if (host === null || host === found.host || topology.hosts?.[host]?.role !== 'proxmox')
      return null
    return { label: `Place ${vm} on ${host}`, edit: { kind: 'placeVm', vm, host } }
  }
  return null
}

function idUnder(under: readonly string[], kind: string): string | null {
  const hit = under.find((id) => id.startsWith(`${kind}/`) && id.split('/').length === 2)
  return hit?.split('/')[1] ?? null
}

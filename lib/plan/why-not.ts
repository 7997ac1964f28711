import type { Topology } from '@/lib/topology/topology'

/** Why a VM cannot be rebuilt, as a tooltip and as the plan's refusal; null when it can. */
export function whyNotRebuild(topology: Topology, vmId: string): string | null {
  const vm = topology.vms?.[vmId]
  if (!vm) return `There is no VM ${vmId} in the document.`
  const name = vm.name ?? vmId
  if (vm.adopted)
    return `${name} was taken over with what is on it, not made by the panel: making it anew would delete that.`
  switch (vm.role) {
    case 'control-plane':
      return `${name} is a control plane: making it anew would replace a member of etcd, and Rebuild does not do that.`
    case 'load-balancer':
      return `${name} carries the cluster's endpoint: while it is made anew no node reaches the API server.`
    case 'nfs':
      return `${name} serves the cluster's shared volumes: every pod that uses one would hang until it is back.`
    case 'worker':
    case 'plain':
      return null
  }
}

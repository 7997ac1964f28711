import type { ResolvedVm } from '@/lib/topology/resolve'
import { resolveCluster } from '@/lib/topology/resolve-cluster'
import type { Topology } from '@/lib/topology/topology'
import type { PlanContext } from './context'
import type { VmSpec } from './observed'
import type { GuestRef, SeedSpec } from './step'

/** Login of the panel on guests whose template names none. */
export const DEFAULT_USER = 'drawbridge'

/**
 * A VM's wanted configuration in Proxmox's terms. Its NICs must have their MAC addresses
 * (allocated on save); one without counts as an empty string, which no Proxmox shows.
 */
export function toSpec(vm: ResolvedVm): VmSpec {
  const { name, cpus, memoryMib, balloonMib, cpuType, machine, bios, agent, onBoot } = vm
  return {
    ...{ name, cpus, memoryMib, balloonMib, cpuType, machine, bios, agent, onBoot },
    startOrder: vm.startOrder,
    startDelayS: vm.startDelayS,
    protection: vm.protection,
    tags: vm.tags,
    nics: vm.nics.map(({ slot, model, mac, bridge, vlan, firewall, mtu }) => ({
      ...{ slot, model, bridge, firewall, mtu },
      mac: mac ?? '',
      tag: vlan,
    })),
    disks: vm.disks.map(({ slot, serial, storage, sizeGib, kind, discard, ssd, iothread }) => ({
      ...{ slot, serial, storage, sizeGib, kind, discard, ssd, iothread },
    })),
    ...(vm.pci.length === 0
      ? {}
      : {
          pci: vm.pci.map(({ slot, mapping }) => ({ slot, mapping, pcie: machine === 'q35' })),
        }),
  }
}

/** What a VM's first boot is told. The panel's own key and the host key are added by the handler. */
export function toSeed(vm: ResolvedVm, topology: Topology, context: PlanContext): SeedSpec {
  const { access } = topology
  return {
    instanceId: `${context.topologyId}-${vm.id}`,
    hostname: vm.name,
    domain: vm.nics.find((nic) => nic.domain !== null)?.domain ?? null,
    user: topology.templates?.[vm.template ?? '']?.user ?? DEFAULT_USER,
    authorizedKeys: access?.authorizedKeys ?? [],
    timezone: access?.timezone ?? null,
    ntp: access?.ntp ?? [],
    packages: [],
    nics: vm.nics.map((nic) => ({
      mac: nic.mac ?? '',
      address: nic.address === null ? null : `${nic.address}/${nic.prefix}`,
      gateway: nic.gateway,
      dns: nic.dns,
      mtu: nic.mtu,
      routes: [],
    })),
    hosts: hostsLines(vm, topology),
  }
}

/**
 * How a VM is reached over SSH: at the address of its first NIC that has one. Null without, and for
 * one that was taken over: the panel has no login there.
 */
export function toGuest(
  vm: ResolvedVm,
  topology: Topology,
  context: Pick<PlanContext, 'topologyId'>,
): GuestRef | null {
  const address = vm.nics.find((nic) => nic.address !== null)?.address
  const connection = vm.host === null ? undefined : topology.hosts?.[vm.host]?.connection
  if (!address || !connection || topology.vms?.[vm.id]?.adopted) return null
  const user = topology.templates?.[vm.template ?? '']?.user ?? DEFAULT_USER
  const { topologyId } = context
  return { connection, topologyId, vm: vm.id, name: vm.name, address, user }
}

/** The endpoint of each cluster that the VM is part of: it must resolve without any DNS (trap T16). */
function hostsLines(vm: ResolvedVm, topology: Topology): string[] {
  return clustersOf(topology, vm.id).flatMap((clusterId) => {
    const endpoint = resolveCluster(topology, clusterId)?.endpoint
    return endpoint?.address ? [`${endpoint.address} ${endpoint.name}`] : []
  })
}

/** Ids of the clusters in which a VM is a node or a load balancer. */
export function clustersOf(topology: Topology, vmId: string): string[] {
  return Object.entries(topology.clusters ?? {})
    .filter(([, { controlPlanes, workers, loadBalancers = [] }]) =>
      [...controlPlanes, ...workers, ...loadBalancers].includes(vmId),
    )
    .map(([id]) => id)
}

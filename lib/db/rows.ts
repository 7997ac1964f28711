import type { Disk, Topology, Vm } from '@/lib/topology/topology'
import type { Db, Tx } from './client'
import type { Prisma } from './generated/client'
import { readTopology } from './parsed'
import { transact } from './transact'

/** The normalised rows of one topology's head, by table. */
export type HeadRows = {
  hosts: Prisma.HostCreateManyInput[]
  storages: Prisma.StorageCreateManyInput[]
  vlans: Prisma.VlanCreateManyInput[]
  pools: Prisma.IpPoolCreateManyInput[]
  sizes: Prisma.VmSizeCreateManyInput[]
  templates: Prisma.TemplateCreateManyInput[]
  vms: Prisma.VmCreateManyInput[]
  nics: Prisma.NicCreateManyInput[]
  disks: Prisma.DiskCreateManyInput[]
  clusters: Prisma.ClusterCreateManyInput[]
  members: Prisma.ClusterMemberCreateManyInput[]
  addOns: Prisma.AddOnCreateManyInput[]
}

/** The rows of a document. A projection: nothing is ever read back into a document. */
export function toRows(topologyId: string, topology: Topology): HeadRows {
  return {
    ...hostRows(topologyId, topology),
    ...networkRows(topologyId, topology),
    ...vmRows(topologyId, topology),
    ...clusterRows(topologyId, topology),
  }
}

/** Puts these rows in the place of the topology's present ones. */
export async function writeRows(tx: Tx, topologyId: string, rows: HeadRows): Promise<void> {
  const where = { topologyId }
  // Storages, NICs, disks, members and add-ons go with what they belong to.
  await tx.host.deleteMany({ where })
  await tx.vlan.deleteMany({ where })
  await tx.ipPool.deleteMany({ where })
  await tx.vmSize.deleteMany({ where })
  await tx.template.deleteMany({ where })
  await tx.vm.deleteMany({ where })
  await tx.cluster.deleteMany({ where })
  await tx.host.createMany({ data: rows.hosts })
  await tx.storage.createMany({ data: rows.storages })
  await tx.vlan.createMany({ data: rows.vlans })
  await tx.ipPool.createMany({ data: rows.pools })
  await tx.vmSize.createMany({ data: rows.sizes })
  await tx.template.createMany({ data: rows.templates })
  await tx.vm.createMany({ data: rows.vms })
  await tx.nic.createMany({ data: rows.nics })
  await tx.disk.createMany({ data: rows.disks })
  await tx.cluster.createMany({ data: rows.clusters })
  await tx.clusterMember.createMany({ data: rows.members })
  await tx.addOn.createMany({ data: rows.addOns })
}

/** Makes all normalised rows anew from the heads' texts. Answers the ids of the topologies. */
export async function rebuildRows(db: Db): Promise<string[]> {
  const topologies = await db.topology.findMany({ select: { id: true }, orderBy: { id: 'asc' } })
  for (const { id } of topologies) {
    await transact(db, async (tx) => {
      // A write first; and whoever saves meanwhile waits, so that the head cannot move.
      await tx.vlan.deleteMany({ where: { topologyId: id } })
      const { headRevision } = await tx.topology.findUniqueOrThrow({ where: { id } })
      const { hash, text } = await tx.revision.findUniqueOrThrow({
        where: { topologyId_number: { topologyId: id, number: headRevision } },
      })
      await writeRows(tx, id, toRows(id, readTopology(hash, text)))
    })
  }
  return topologies.map(({ id }) => id)
}

/** The entries of a map of objects, in the document's order. */
const list = <T>(map: Record<string, T> | undefined): [id: string, value: T][] =>
  Object.entries(map ?? {})

function hostRows(topologyId: string, topology: Topology): Pick<HeadRows, 'hosts' | 'storages'> {
  return {
    hosts: list(topology.hosts).map(([id, host]) => ({
      topologyId,
      id,
      name: host.name ?? id,
      role: host.role,
      connectionId: host.connection ?? null,
      node: host.node ?? id,
      address: host.address ?? null,
      cpuThreads: host.cpuThreads ?? null,
      memoryMib: host.memoryMib ?? null,
    })),
    storages: list(topology.hosts).flatMap(([hostId, host]) =>
      list(host.storages).map(([id, { kind, sizeGib }]) => ({
        topologyId,
        hostId,
        id,
        kind,
        sizeGib: sizeGib ?? null,
      })),
    ),
  }
}

function networkRows(
  topologyId: string,
  topology: Topology,
): Pick<HeadRows, 'vlans' | 'pools' | 'sizes'> {
  return {
    vlans: list(topology.networks).map(([id, network]) => ({
      topologyId,
      id,
      name: network.name ?? id,
      cidr: network.cidr,
      tag: network.vlan ?? null,
      gateway: network.gateway ?? null,
      bridge: network.bridge ?? null,
      mtu: network.mtu ?? null,
    })),
    pools: list(topology.pools).map(([id, pool]) => ({
      topologyId,
      id,
      name: pool.name ?? id,
      networkId: pool.network,
      from: pool.from,
      to: pool.to,
      purpose: pool.purpose,
    })),
    sizes: list(topology.sizes).map(([id, { name, cpus, memoryMib, diskGib }]) => ({
      topologyId,
      id,
      name: name ?? id,
      cpus,
      memoryMib,
      diskGib,
    })),
  }
}

function vmRows(
  topologyId: string,
  topology: Topology,
): Pick<HeadRows, 'templates' | 'vms' | 'nics' | 'disks'> {
  const sizeOf = (vm: Vm) => (vm.size === undefined ? undefined : topology.sizes?.[vm.size])
  const diskGib = (vm: Vm, { kind, sizeGib }: Disk) =>
    sizeGib ?? (kind === 'system' ? sizeOf(vm)?.diskGib : undefined) ?? null
  const vms = list(topology.vms)
  return {
    templates: list(topology.templates).map(([id, template]) => ({
      topologyId,
      id,
      name: template.name ?? id,
      vmid: template.vmid ?? null,
      hostId: template.host ?? null,
      os: template.os,
      release: template.release,
    })),
    vms: vms.map(([id, vm]) => ({
      topologyId,
      id,
      name: vm.name ?? id,
      role: vm.role,
      hostId: vm.host ?? null,
      vmid: vm.vmid ?? null,
      templateId: vm.template ?? null,
      sizeId: vm.size ?? null,
      cpus: vm.cpus ?? sizeOf(vm)?.cpus ?? null,
      memoryMib: vm.memoryMib ?? sizeOf(vm)?.memoryMib ?? null,
    })),
    nics: vms.flatMap(([vmId, vm]) =>
      list(vm.nics).map(([id, nic], position) => ({
        topologyId,
        vmId,
        id,
        position,
        networkId: nic.network,
        poolId: nic.pool ?? null,
        address: nic.address ?? null,
        mac: nic.mac ?? null,
      })),
    ),
    disks: vms.flatMap(([vmId, vm]) =>
      list(vm.disks).map(([id, disk], position) => ({
        topologyId,
        vmId,
        id,
        position,
        kind: disk.kind,
        sizeGib: diskGib(vm, disk),
        storageId: disk.storage ?? null,
        use: disk.use ?? null,
        mount: disk.mount ?? null,
      })),
    ),
  }
}

function clusterRows(
  topologyId: string,
  topology: Topology,
): Pick<HeadRows, 'clusters' | 'members' | 'addOns'> {
  const clusters = list(topology.clusters)
  return {
    clusters: clusters.map(([id, cluster]) => ({
      topologyId,
      id,
      name: cluster.name ?? id,
      kubernetes: cluster.kubernetes,
      podCidr: cluster.podCidr,
      serviceCidr: cluster.serviceCidr,
      endpointAddress: cluster.endpoint?.address ?? null,
    })),
    members: clusters.flatMap(([clusterId, cluster]) => {
      const as = (role: string, vms: readonly string[] = []) =>
        [...new Set(vms)].map((vmId) => ({ topologyId, clusterId, vmId, role }))
      return [
        ...as('control-plane', cluster.controlPlanes),
        ...as('worker', cluster.workers),
        ...as('load-balancer', cluster.loadBalancers),
        ...as('nfs', cluster.nfs === undefined ? [] : [cluster.nfs]),
      ]
    }),
    addOns: clusters.flatMap(([clusterId, cluster]) =>
      list(cluster.addOns).map(([id, addOn]) => ({
        topologyId,
        clusterId,
        id,
        enabled: addOn.enabled ?? true,
        version: addOn.version ?? null,
        namespace: addOn.namespace ?? null,
        poolId: addOn.pool ?? null,
      })),
    ),
  }
}

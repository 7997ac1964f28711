import { mapBounded } from '@/lib/io/bounded'
import { isTakenOver } from '@/lib/plan/marker'
import type { ObservedGuest, ObservedHost, ObservedVm } from '@/lib/plan/observed'
import { seedFile } from '@/lib/plan/seed-volume'
import { drivesOf } from '@/lib/proxmox/drive'
import type { GuestSummary, Proxmox, VmConfig } from '@/lib/proxmox/proxmox'
import { fromConfig, uuidOf } from '@/lib/proxmox/vm-spec'
import { bridgeNames, toObservedNetwork } from './network/observe-network'
import { markerOf } from './vm/our-vm'
import { SEED_SLOT } from './vm/vm-configure'

/** Configurations read side by side: enough to be quick, few enough for pveproxy's three workers. */
const AT_ONCE = 6

/** A node with every guest on it, and the configurations of its VMs, read anyway for their markers. */
export type NodeReading = { host: ObservedHost; configs: Map<number, VmConfig> }

/** Reads one node; `addresses` are its own, as far as the document knows them. Throws `ProxmoxError`; half a reading is none. */
export async function readNode(
  proxmox: Proxmox,
  node: string,
  addresses: readonly string[] = [],
): Promise<NodeReading> {
  const [status, storages, network, guests] = await Promise.all([
    proxmox.nodeStatus(node),
    proxmox.storages(node),
    proxmox.network.read(node),
    proxmox.listGuests(node),
  ])
  // What a processor is called and can do is in the connection's inventory.
  const { cpuModel: _model, cpuFlags: _flags, ...figures } = status
  const machines = guests.filter(({ kind }) => kind === 'qemu')
  const read = await mapBounded(machines, AT_ONCE, async ({ vmid }) => {
    // Null for one that was deleted between the list and this look.
    const config = await proxmox.findConfig(node, vmid)
    return [vmid, config] as const
  })
  const configs = new Map(
    read.flatMap(([vmid, config]) => (config ? [[vmid, config] as const] : [])),
  )
  return {
    configs,
    host: {
      node,
      ...figures,
      storages: Object.fromEntries(
        storages.map(({ storage, type, totalGib, usedGib, content, active }) => [
          storage,
          { type, totalGib, usedGib, content, active },
        ]),
      ),
      bridges: bridgeNames(network),
      network: toObservedNetwork(network, addresses),
      guests: guests
        .filter(({ kind, vmid }) => kind === 'lxc' || configs.has(vmid))
        .map((guest) => toObservedGuest(guest, configs.get(guest.vmid))),
    },
  }
}

function toObservedGuest(guest: GuestSummary, config: VmConfig | undefined): ObservedGuest {
  const { vmid, name, kind, running, template, cpus, memoryMib, diskGib } = guest
  const marker = config ? markerOf(config) : null
  const plain = { vmid, name, kind, running, template, cpus, memoryMib, diskGib, marker }
  return config ? { ...plain, storages: promisedBy(config) } : plain
}

/** GiB that a VM's disks may grow to, by storage. */
function promisedBy({ values }: VmConfig): Record<string, number> {
  const storages: Record<string, number> = {}
  for (const { storage, sizeGib } of drivesOf(values))
    if (storage !== '') storages[storage] = (storages[storage] ?? 0) + sizeGib
  return storages
}

/** One of our VMs in full. Null if it was deleted meanwhile. */
export async function readVm(
  proxmox: Proxmox,
  node: string,
  vmid: number,
  config: VmConfig,
): Promise<ObservedVm | null> {
  const status = await proxmox.findVm(node, vmid)
  if (!status) return null
  const { running } = status
  const spec = fromConfig(config.values)
  const [pending, interfaces] = await Promise.all([
    running ? proxmox.pending(node, vmid) : [],
    running && spec.agent ? proxmox.agentInterfaces(node, vmid) : null,
  ])
  return {
    vmid,
    node,
    running,
    lock: config.values.lock ?? null,
    uptimeS: status.uptimeS,
    digest: config.digest,
    uuid: uuidOf(config.values),
    spec,
    pending: pending
      .filter((value) => value.remove || value.pending !== null)
      .map(({ key }) => key)
      .toSorted(),
    addresses: interfaces
      ? interfaces.flatMap(({ addresses }) => addresses).filter((address) => !isLocal(address))
      : null,
    cpuLoad: running ? status.cpuLoad : null,
    memoryUsedMib: running ? status.memoryUsedMib : null,
    ...(status.ioError ? { ioError: true } : {}),
    seedAttached: config.values[SEED_SLOT]?.includes(`iso/${seedFile({ vmid })}`) === true,
    ...(isTakenOver(config.values.description) ? { takenOver: true as const } : {}),
  }
}

/** Loopback and link-local addresses say nothing about where a guest is reached. */
const isLocal = (address: string) => /^(127\.|169\.254\.|::1$|fe80:)/i.test(address)

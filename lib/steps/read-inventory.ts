import { PanelError } from '@/lib/base/errors'
import { mapBounded } from '@/lib/io/bounded'
import type { GuestSummary, Proxmox, VmConfig } from '@/lib/proxmox/proxmox'
import {
  cpuTypeOf,
  type Inventory,
  type InventoryGuest,
  type InventoryNode,
  type NodeFacts,
} from '@/lib/topology/fit/inventory'
import { markerOf } from './vm/our-vm'

/** Enough to be quick, few enough for pveproxy's three workers. */
const AT_ONCE = 6

/**
 * What every node of a Proxmox has, for fitting a drawing to it. Reads only. A node that cannot be read
 * is in the list with the reason; throws only when aborted, or when the nodes cannot be listed.
 */
export async function readInventory(
  proxmox: Proxmox,
  { now, signal }: { now(): number; signal: AbortSignal },
): Promise<Inventory> {
  const at = now()
  const nodes = await mapBounded(
    await proxmox.nodes(),
    2,
    async ({ node, online }): Promise<InventoryNode> => {
      if (!online) return { node, facts: null, trouble: 'it is offline, says its Proxmox' }
      try {
        return { node, facts: await readFacts(proxmox, node), trouble: null }
      } catch (error) {
        if (signal.aborted || !(error instanceof PanelError)) throw error
        return { node, facts: null, trouble: error.message }
      }
    },
  )
  return { at, nodes }
}

async function readFacts(proxmox: Proxmox, node: string): Promise<NodeFacts> {
  const [status, bridges, storages, guests, dns] = await Promise.all([
    proxmox.nodeStatus(node),
    proxmox.bridgeStatus(node),
    proxmox.storages(node),
    proxmox.listGuests(node),
    readDns(proxmox, node),
  ])
  const read = await mapBounded(guests, AT_ONCE, async (guest) =>
    // Null for a container, and for a VM that was deleted between the list and this look.
    guest.kind === 'qemu' ? proxmox.findConfig(node, guest.vmid) : null,
  )
  const { version, cpuModel, cpuFlags, cpuThreads, memoryMib } = status
  return {
    ...{ version, cpuModel, cpuThreads, memoryMib, dns },
    cpuType: cpuTypeOf(cpuFlags),
    bridges: bridges.map(({ bridge, vlanAware, cidr, gateway }) => ({
      ...{ name: bridge, vlanAware, gateway },
      address: cidr,
    })),
    storages: storages.map(({ storage, ...rest }) => ({ id: storage, ...rest })),
    guests: guests.map((guest, i) => toGuest(guest, read[i] ?? null)),
  }
}

/** Null where the token may not read them: a fit asks a person then. */
async function readDns(proxmox: Proxmox, node: string): Promise<NodeFacts['dns']> {
  try {
    return await proxmox.dns(node)
  } catch (error) {
    if (error instanceof PanelError && !error.transient) return null
    throw error
  }
}

function toGuest(guest: GuestSummary, config: VmConfig | null): InventoryGuest {
  const { vmid, name, kind, running, template, cpus, memoryMib } = guest
  return {
    ...{ vmid, name, kind, running, template, cpus, memoryMib },
    marker: config ? markerOf(config) : null,
    addresses: config ? staticAddresses(config.values) : [],
  }
}

/** `ip=10.0.0.5/24` of `ipconfig0`, `ipconfig1` ...: what cloud-init gives it. */
function staticAddresses(values: VmConfig['values']): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const address = /^ipconfig\d+$/.test(key) ? /(?:^|,)ip=([\d.]+)\//.exec(value)?.[1] : undefined
    return address === undefined ? [] : [address]
  })
}

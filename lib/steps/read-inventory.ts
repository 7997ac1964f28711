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
import { parseIpv4 } from '@/lib/topology/ipv4'
import { cardsOf, configured } from './observe-sightings'
import { toMachine } from './read-machine'
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
        return { node, facts: await readFacts(proxmox, node, signal), trouble: null }
      } catch (error) {
        if (signal.aborted || !(error instanceof PanelError)) throw error
        return { node, facts: null, trouble: error.message }
      }
    },
  )
  return { at, nodes }
}

async function readFacts(proxmox: Proxmox, node: string, signal: AbortSignal): Promise<NodeFacts> {
  const [status, bridges, storages, guests, dns] = await Promise.all([
    proxmox.nodeStatus(node),
    proxmox.bridgeStatus(node),
    proxmox.storages(node),
    proxmox.listGuests(node),
    readDns(proxmox, node),
  ])
  const read = await mapBounded(guests, AT_ONCE, async (guest) => {
    // Null for a container, and for a VM that was deleted between the list and this look.
    const config = guest.kind === 'qemu' ? await proxmox.findConfig(node, guest.vmid) : null
    return toGuest(guest, config, await addressesOf(proxmox, { node, guest, config }, signal))
  })
  const { version, cpuModel, cpuFlags, cpuThreads, memoryMib } = status
  return {
    ...{ version, cpuModel, cpuThreads, memoryMib, dns },
    cpuType: cpuTypeOf(cpuFlags),
    bridges: bridges.map(({ bridge, vlanAware, cidr, gateway }) => ({
      ...{ name: bridge, vlanAware, gateway },
      address: cidr,
    })),
    storages: storages.map(({ storage, ...rest }) => ({ id: storage, ...rest })),
    guests: read,
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

function toGuest(
  guest: GuestSummary,
  config: VmConfig | null,
  addresses: string[],
): InventoryGuest {
  const { vmid, name, kind, running, template, cpus, memoryMib } = guest
  return {
    ...{ vmid, name, kind, running, template, cpus, memoryMib },
    marker: config ? markerOf(config) : null,
    addresses,
    ...(config ? { machine: toMachine(config.values) } : {}),
  }
}

/**
 * IPv4 addresses that a guest is configured with or, while it runs, says it has: a container always, a
 * VM of somebody else's with an agent. Who cannot be asked adds nothing to what is configured.
 */
async function addressesOf(
  proxmox: Proxmox,
  { node, guest, config }: { node: string; guest: GuestSummary; config: VmConfig | null },
  signal: AbortSignal,
): Promise<string[]> {
  const { vmid, kind, running } = guest
  const values = config?.values ?? {}
  const asked = running && (config === null ? kind === 'lxc' : markerOf(config) === null)
  const said = asked
    ? await orNothing(() => cardsOf(proxmox, node, { vmid, kind, config: values }), signal)
    : []
  const all = [...configured(values), ...said].flatMap(({ addresses }) => addresses)
  return [...new Set(all.filter((each) => parseIpv4(each) !== null))]
}

async function orNothing<T>(look: () => Promise<T[]>, signal: AbortSignal): Promise<T[]> {
  try {
    return await look()
  } catch (error) {
    if (signal.aborted || !(error instanceof PanelError)) throw error
    return []
  }
}

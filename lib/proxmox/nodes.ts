import type { z } from 'zod'
import * as answers from './answers'
import { type Ask, path, type Verbs, verbsOf } from './ask'
import { splitList, toGib, toMib } from './values'

export type NodeSummary = { node: string; online: boolean }
export type NodeStatus = {
  version: string
  cpuThreads: number
  memoryMib: number
  memoryUsedMib: number
  uptimeS: number
  /** 0 to 1. */
  cpuLoad: number
  /** Null where PVE does not say. */
  cpuModel: string | null
  /** As Linux names them, separated by blanks; empty where PVE does not say. */
  cpuFlags: string
}
/** A bridge of a node, and the node's own address on it. */
export type BridgeStatus = {
  bridge: string
  vlanAware: boolean
  /** `192.168.1.10/24` */
  cidr: string | null
  gateway: string | null
}
export type NodeDns = { search: string | null; servers: string[] }

/** One line of a node's guest list. Without the description: see `getConfig`. */
export type GuestSummary = {
  vmid: number
  name: string
  kind: 'qemu' | 'lxc'
  running: boolean
  template: boolean
  lock: string | null
  cpus: number
  memoryMib: number
  diskGib: number
  tags: string[]
}

/** Nodes and what runs on them. */
export type Nodes = {
  nodes(): Promise<NodeSummary[]>
  nodeStatus(node: string): Promise<NodeStatus>
  bridges(node: string): Promise<string[]>
  /** The same bridges with what they carry. */
  bridgeStatus(node: string): Promise<BridgeStatus[]>
  /** Who resolves names for the node itself. */
  dns(node: string): Promise<NodeDns>
  /** VMs and containers of one node. */
  listGuests(node: string): Promise<GuestSummary[]>
}

/** See {@link Nodes}. */
export function nodeCalls(ask: Ask): Nodes {
  const verbs = verbsOf(ask)
  const { read } = verbs
  return {
    async nodes() {
      const list = await read(answers.Nodes, 'List the nodes', '/nodes')
      return list.map(({ node, status }) => ({ node, online: status !== 'offline' }))
    },
    async nodeStatus(node) {
      const what = `Read the state of ${node}`
      const status = await read(answers.Node, what, path`/nodes/${node}/status`)
      return {
        // `pve-manager/8.4.21/2606ac850d46da29`
        version: status.pveversion?.split('/')[1] ?? '',
        cpuThreads: status.cpuinfo?.cpus ?? 0,
        memoryMib: toMib(status.memory?.total ?? 0),
        memoryUsedMib: toMib(status.memory?.used ?? 0),
        uptimeS: status.uptime ?? 0,
        cpuLoad: status.cpu ?? 0,
        cpuModel: status.cpuinfo?.model ?? null,
        cpuFlags: status.cpuinfo?.flags ?? '',
      }
    },
    ...bridgeCalls(verbs),
    async listGuests(node) {
      const [machines, containers] = await Promise.all([
        read(answers.Guests, `List the VMs of ${node}`, path`/nodes/${node}/qemu`),
        read(answers.Guests, `List the containers of ${node}`, path`/nodes/${node}/lxc`),
      ])
      return [
        ...machines.map((guest) => toGuest(guest, 'qemu')),
        ...containers.map((guest) => toGuest(guest, 'lxc')),
      ].toSorted((a, b) => a.vmid - b.vmid)
    },
  }
}

function bridgeCalls({ read }: Verbs): Pick<Nodes, 'bridges' | 'bridgeStatus' | 'dns'> {
  const listBridges = async (node: string) => {
    const what = `List the networks of ${node}`
    const list = await read(answers.Interfaces, what, path`/nodes/${node}/network`)
    return list
      .filter(({ type }) => type === 'bridge' || type === 'OVSBridge')
      .toSorted((a, b) => (a.iface < b.iface ? -1 : 1))
  }
  return {
    bridges: async (node) => (await listBridges(node)).map(({ iface }) => iface),
    async bridgeStatus(node) {
      const list = await listBridges(node)
      return list.map(({ iface, type, cidr, gateway, bridge_vlan_aware }) => ({
        bridge: iface,
        // Open vSwitch passes tags without being told.
        vlanAware: bridge_vlan_aware || type === 'OVSBridge',
        ...{ cidr, gateway },
      }))
    },
    async dns(node) {
      const what = `Read the resolvers of ${node}`
      const { search, dns1, dns2, dns3 } = await read(answers.Dns, what, path`/nodes/${node}/dns`)
      return { search, servers: [dns1, dns2, dns3].filter((server) => server !== null) }
    },
  }
}

function toGuest(
  guest: z.output<typeof answers.Guests>[number],
  kind: 'qemu' | 'lxc',
): GuestSummary {
  return {
    vmid: guest.vmid,
    name: guest.name ?? `VM ${guest.vmid}`,
    kind,
    running: guest.status === 'running',
    template: guest.template,
    lock: guest.lock,
    cpus: guest.cpus,
    memoryMib: toMib(guest.maxmem),
    diskGib: toGib(guest.maxdisk),
    tags: splitTags(guest.tags),
  }
}

/** PVE separates tags by `;`, `,` or blanks and keeps them in the order given. */
export const splitTags = (tags: string | undefined): string[] => splitList(tags).toSorted()

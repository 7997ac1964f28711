import { z } from 'zod'
import { flag, list, nullable, num, text } from './answer-values'
import { type Ask, path, verbsOf } from './ask'
import type { Upid, VmParams } from './values'

/** One interface of a node as `/etc/network/interfaces` and what is staged over it have it. */
export type HostInterface = {
  name: string
  /** `bridge`, `bond`, `eth`, `vlan`, `OVSBridge` ... */
  type: string
  active: boolean
  autostart: boolean
  cidr: string | null
  cidr6: string | null
  gateway: string | null
  gateway6: string | null
  /** Members of a bridge or a bond. */
  ports: string[]
  /** What a VLAN interface stands on. */
  rawDevice: string | null
  vlanAware: boolean
  mtu: number | null
  comments: string
  /** Everything as PVE answered it, but what its place in the list decides. */
  raw: Record<string, unknown>
}

/** A node's interfaces with what is staged, and the staged difference itself. */
export type HostNetworkState = {
  interfaces: HostInterface[]
  /** A unified diff of `/etc/network/interfaces`; null: nothing is staged. */
  staged: string | null
}

/**
 * A node's own network. Changes are staged in one file for everybody, and applied or dropped all at
 * once: use `changeHostNetwork` (lib/proxmox/change-host-network.ts), which knows whose they are.
 */
export type HostNetwork = {
  read(node: string): Promise<HostNetworkState>
  create(node: string, name: string, type: string, params: VmParams): Promise<void>
  /** What is left out stays; `delete` names what goes, separated by commas. */
  update(node: string, name: string, type: string, params: VmParams): Promise<void>
  remove(node: string, name: string): Promise<void>
  /** Applies *all* that is staged, by whomever. */
  apply(node: string): Promise<Upid>
  /** Drops *all* that is staged, by whomever. */
  revert(node: string): Promise<void>
}

const Interface = z
  .object({
    iface: z.string(),
    type: z.string().default('unknown'),
    active: flag,
    autostart: flag,
    cidr: nullable(z.string()),
    cidr6: nullable(z.string()),
    gateway: nullable(z.string()),
    gateway6: nullable(z.string()),
    bridge_ports: list,
    slaves: list,
    ovs_ports: list,
    ovs_bonds: list,
    'vlan-raw-device': nullable(z.string()),
    bridge_vlan_aware: flag,
    mtu: nullable(num),
    comments: text.default(''),
  })
  .catchall(z.unknown())
/** `changes` stands beside `data`. */
const Whole = z.object({ data: z.array(Interface), changes: nullable(z.string()) })

/** See {@link HostNetwork}. */
export function hostNetworkCalls(ask: Ask): HostNetwork {
  const { change, task } = verbsOf(ask)
  const all = (node: string) => path`/nodes/${node}/network`
  const one = (node: string, name: string) => path`/nodes/${node}/network/${name}`
  return {
    async read(node) {
      const { data, changes } = await ask(Whole, {
        method: 'GET',
        path: all(node),
        what: `List the networks of ${node}`,
        whole: true,
      })
      return { interfaces: data.map(toInterface), staged: changes }
    },
    create: (node, name, type, params) =>
      change(`Add ${name} on ${node}`, ['POST', all(node)], { iface: name, type, ...params }),
    update: (node, name, type, params) =>
      change(`Change ${name} on ${node}`, ['PUT', one(node, name)], {
        type,
        ...params,
      }),
    remove: (node, name) => change(`Remove ${name} on ${node}`, ['DELETE', one(node, name)]),
    apply: (node) => task(`Apply the network of ${node}`, ['PUT', all(node)]),
    revert: (node) => change(`Drop the staged network of ${node}`, ['DELETE', all(node)]),
  }
}

/** What the rest of the list and the kernel decide, not the interface's own settings. */
const NOT_ITS_OWN = ['priority', 'active', 'exists', 'altnames']

function toInterface(found: z.output<typeof Interface>): HostInterface {
  return {
    name: found.iface,
    type: found.type,
    active: found.active,
    autostart: found.autostart,
    cidr: found.cidr,
    cidr6: found.cidr6,
    gateway: found.gateway,
    gateway6: found.gateway6,
    ports: [...found.bridge_ports, ...found.slaves, ...found.ovs_ports, ...found.ovs_bonds],
    rawDevice: found['vlan-raw-device'] ?? rawDeviceOf(found.iface, found.type),
    vlanAware: found.bridge_vlan_aware || found.type === 'OVSBridge',
    mtu: found.mtu,
    comments: found.comments.trim(),
    raw: Object.fromEntries(
      Object.entries(found).filter(([key, value]) => !NOT_ITS_OWN.includes(key) && value !== null),
    ),
  }
}

/** `vmbr0.20` stands on `vmbr0` without saying so. */
const rawDeviceOf = (name: string, type: string): string | null =>
  type === 'vlan' || type === 'alias' ? (/^(.+)[.:]\d+$/.exec(name)?.[1] ?? null) : null

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { DEFAULT_BRIDGE } from './defaults'
import type { Host, Network } from './topology'

/** Where a NIC is plugged in on a host: a bridge or a VNet there, and the tag that it gives, if any. */
export type Plug = { bridge: string; vlan: number | null }

/**
 * Where the members of a network are plugged in on a host. A VNet gives its tag itself, and so does
 * a bridge of its own on a VLAN interface; everywhere else the NIC carries the network's tag.
 */
export function plugOf(id: string, network: Network, host: Host | undefined): Plug {
  if (network.sdn) return { bridge: vnetOf(id, network), vlan: null }
  const bridge = network.bridge ?? DEFAULT_BRIDGE
  return { bridge, vlan: tagsItself(network, host) ? null : (network.vlan ?? null) }
}

/** Whether the panel makes a bridge for this network that is below the tag: its members give none. */
export const tagsItself = (network: Network, host: Host | undefined): boolean =>
  network.realise === 'bridge' &&
  host?.bridges?.[network.bridge ?? DEFAULT_BRIDGE]?.vlanAware !== true

/**
 * The VNet of a network in Proxmox: as written, else its id where Proxmox takes it (two to eight
 * lower-case letters and digits; pve-network, SDN/Vnets.pm), else its beginning and a hash of it.
 */
export function vnetOf(id: string, { sdn }: Network): string {
  if (sdn?.vnet !== undefined) return sdn.vnet
  if (/^[a-z][a-z0-9]{1,7}$/.test(id)) return id
  const letters = id.toLowerCase().replace(/[^a-z0-9]/g, '')
  const start = `n${letters}`.replace(/^n(?=[a-z])/, '').slice(0, 4)
  return `${start}${bytesToHex(sha256(utf8ToBytes(id))).slice(0, 4)}`
}

import { type Cidr, parseCidr, parseIpv4 } from '../ipv4'
import type { Network } from '../topology'
import { type FittedHost, type Fitting, hostOf, networksOf, usersOf } from './fitting'

/** What is told of the wire at one site. */
export type ToldWire = {
  site: string
  hosts: readonly FittedHost[]
  /** How questions name it; empty where there is one site. */
  at: string
}

/** What Proxmox tells of the network that its hosts stand in. */
export type Found = { block: Cidr | null; gateway: string | null; dns: string[] }

/** The same with the bridge that was chosen. */
export type SiteWire = ToldWire & { bridge: string; found: Found }

/** What the first host tells of the network on this bridge, else on the one that it is reached by. */
export function lookFor(hosts: readonly FittedHost[], bridge: string): Found {
  const [first] = hosts
  const bridges = first?.facts.bridges ?? []
  const own =
    bridges.find(({ name, address }) => name === bridge && address !== null) ??
    bridges.find(({ gateway, address }) => gateway !== null && address !== null) ??
    bridges.find(({ address }) => address !== null)
  const block = own?.address ? parseCidr(own.address) : null
  const servers = (first?.facts.dns?.servers ?? []).filter((each) => {
    const address = parseIpv4(each)
    return address !== null && address >>> 24 !== 127
  })
  // A host route or a /31 says nothing of a network that others could be in.
  const usable = block && block.prefix <= 29 && block.prefix >= 8 ? block : null
  return { block: usable, gateway: own?.gateway ?? null, dns: servers }
}

/** The network that stays: that of the hosts, else the first without a tag, else the most used. */
export function lanOf(fitting: Fitting, { site, hosts }: ToldWire): [string, Network] | null {
  const { topology } = fitting
  const networks = networksOf(topology, site)
  const own = hosts.map(({ id }) => hostOf(topology, id).network)
  const used = (id: string) => usersOf(topology, id).length
  return (
    networks.find(([id, { vlan }]) => own.includes(id) && vlan === undefined) ??
    networks.find(([, { vlan }]) => vlan === undefined) ??
    networks.toSorted(([a], [b]) => used(b) - used(a))[0] ??
    null
  )
}

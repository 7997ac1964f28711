import {
  type Cidr,
  contains,
  formatCidr,
  formatIpv4,
  type Ipv4Range,
  intersection,
  parseCidr,
  parseIpv4,
} from '../ipv4'
import { oursOf, poolsOf } from './fit-pools'
import { type Fitting, put } from './fitting'

type Move = { id: string; drawn: Cidr; block: Cidr; gateway: string; dns: string[] }

/** What was drawn with an address of the old network loses it; who asked its resolvers asks the new. */
export function followMove(fitting: Fitting, { id, drawn, block, dns }: Move): void {
  const stale = (text: string | undefined) => {
    const address = text === undefined ? null : parseIpv4(text)
    return address !== null && contains(drawn, address) && !contains(block, address)
  }
  const drop = (path: string[], text: string | undefined, what: string) => {
    if (!stale(text)) return
    put(fitting, path, undefined)
    fitting.took.push(`${what}: its address ${text}, which is not in ${formatCidr(block)}.`)
  }
  const { topology } = fitting
  for (const [other, network] of Object.entries(topology.networks ?? {})) {
    if (other !== id && network.dns?.some(stale)) put(fitting, ['networks', other, 'dns'], dns)
  }
  for (const [each, host] of Object.entries(topology.hosts ?? {})) {
    if (host.network === id) drop(['hosts', each, 'address'], host.address, each)
    drop(['hosts', each, 'bmc', 'address'], host.bmc?.address, `The BMC of ${each}`)
  }
  for (const kind of ['routers', 'switches', 'ups', 'services'] as const) {
    for (const [each, { address }] of Object.entries(topology[kind] ?? {}))
      drop([kind, each, 'address'], address, each)
  }
  for (const [each, { endpoint }] of Object.entries(topology.clusters ?? {}))
    drop(['clusters', each, 'endpoint', 'address'], endpoint?.address, `The endpoint of ${each}`)
  for (const [each, { address }] of Object.entries(topology.reservations ?? {}))
    if (stale(address)) put(fitting, ['reservations', each], undefined)
  for (const [each, pool] of poolsOf(topology, id)) {
    if (oursOf(topology, id).some(([own]) => own === each) || pool.purpose === 'dhcp') continue
    put(fitting, ['pools', each], undefined)
  }
}

/** Networks that were drawn where a settled one is get another range of the same size. */
export function renumberOverlaps(fitting: Fitting, settled: readonly string[]): void {
  const blockOf = (id: string) => parseCidr(fitting.topology.networks?.[id]?.cidr ?? '')
  for (const [id, network] of Object.entries(fitting.topology.networks ?? {})) {
    const own = blockOf(id)
    const over = settled.find((each) => {
      const block = blockOf(each)
      return own !== null && block !== null && intersection(block, own) !== null
    })
    if (settled.includes(id) || !own || over === undefined) continue
    const taken = Object.values(fitting.topology.networks ?? {}).flatMap(
      ({ cidr }) => parseCidr(cidr) ?? [],
    )
    const free = freeBlock(own.prefix, taken)
    if (!free) {
      fitting.unmet.push({
        code: 'fit.no-network',
        message: `${id} (${network.cidr}) lies over ${over} and no range of its size is free - write another one in the document.`,
      })
      continue
    }
    shift(fitting, id, own, free)
    fitting.took.push(`Network ${id}: ${network.cidr}, where ${over} is; now ${formatCidr(free)}.`)
  }
}

/** The first free block of private addresses (RFC 1918) of this size. */
export function freeBlock(prefix: number, taken: readonly Ipv4Range[]): Cidr | null {
  const step = 2 ** (32 - prefix)
  for (const root of ['10.20.0.0/14', '172.16.0.0/12', '192.168.0.0/16', '10.0.0.0/8']) {
    const within = parseCidr(root)!
    for (let first = within.first; first + step - 1 <= within.last; first += step) {
      const range = { first, last: first + step - 1 }
      if (taken.every((each) => intersection(each, range) === null))
        return { ...range, prefix, hostBits: false }
    }
  }
  return null
}

/** Moves a network with its pools, gateway and addresses. */
function shift(fitting: Fitting, id: string, from: Cidr, to: Cidr): void {
  const moved = (text: string) => {
    const address = parseIpv4(text)
    return address !== null && contains(from, address)
      ? formatIpv4(address - from.first + to.first)
      : text
  }
  const network = fitting.topology.networks?.[id]
  put(fitting, ['networks', id, 'cidr'], formatCidr(to))
  if (network?.gateway) put(fitting, ['networks', id, 'gateway'], moved(network.gateway))
  if (network?.dns) put(fitting, ['networks', id, 'dns'], network.dns.map(moved))
  for (const [pool, { from: first, to: last }] of poolsOf(fitting.topology, id)) {
    put(fitting, ['pools', pool, 'from'], moved(first))
    put(fitting, ['pools', pool, 'to'], moved(last))
  }
  for (const [vm, { nics }] of Object.entries(fitting.topology.vms ?? {})) {
    for (const [nic, { network: on, address }] of Object.entries(nics ?? {})) {
      if (on === id && address !== undefined)
        put(fitting, ['vms', vm, 'nics', nic, 'address'], moved(address))
    }
  }
}

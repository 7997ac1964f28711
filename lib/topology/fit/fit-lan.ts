import {
  type Cidr,
  contains,
  formatCidr,
  formatIpv4,
  formatRange,
  type Ipv4,
  type Ipv4Range,
  intersection,
  parseCidr,
  parseIpv4,
} from '../ipv4'
import type { Network } from '../topology'
import {
  coverOf,
  dhcpOf,
  layPools,
  oursOf,
  poolsOf,
  poolsStand,
  releaseAddresses,
} from './fit-pools'
import { ask, type Fitting, hostOf, listOf, put, usersOf } from './fitting'
import {
  largestOf,
  lastOf,
  likelyDhcp,
  membersOf,
  parseRange,
  sizeOf,
  whyNoAddress,
  whyNoRange,
  without,
} from './ranges'
import { type Found, lanOf, type SiteWire } from './site-wire'

/** Addresses that are worth giving to VMs at most: what is more is the house's. */
const MOST_ADDRESSES = 60

/** The network that the hosts stand in, and what depends on it; gives its id, null if there is none. */
export function fitLan(fitting: Fitting, wire: SiteWire): string | null {
  const lan = lanOf(fitting, wire)
  if (!lan) return null
  const [id, network] = lan
  const { found } = wire
  const drawn = parseCidr(network.cidr)
  const block = chooseBlock(fitting, { id, network, found, at: wire.at })
  if (!block) return null
  const moved = drawn === null || drawn.first !== block.first || drawn.prefix !== block.prefix
  if (moved) put(fitting, ['networks', id, 'cidr'], formatCidr(block))
  placeHosts(fitting, wire, { id, block })
  const gateway = chooseGateway(fitting, { id, network, found, block, moved })
  const dns = chooseResolvers(fitting, { id, network, found, gateway, moved })
  if (moved && drawn) followMove(fitting, { id, drawn, block, gateway, dns })
  fitAddresses(fitting, { id, block, gateway, moved, wire })
  return id
}

type Lan = { id: string; network: Network; found: Found }

function chooseBlock(
  fitting: Fitting,
  { id, network, found, at }: Lan & { at: string },
): Cidr | null {
  if (found.block) return found.block
  const answer = ask(fitting, {
    id: `lan:${id}`,
    title: `Which network do the hosts${at} stand in?`,
    why: 'Proxmox tells no address of its own on this bridge. Your router shows it.',
    example: '192.168.1.0/24',
    proposed: network.cidr,
    origin: 'document',
    check: (text) => {
      const block = parseCidr(text)
      if (!block || block.hostBits || block.prefix > 29 || block.prefix < 8)
        return 'Write a network such as 192.168.1.0/24.'
      return null
    },
  })
  return parseCidr(answer)
}

function chooseGateway(
  fitting: Fitting,
  { id, network, found, block }: Lan & { block: Cidr; moved: boolean },
): string {
  const inside = (text: string | null | undefined) =>
    text != null && whyNoAddress(text, block) === null ? text : null
  const known = inside(found.gateway)
  const drawn = inside(network.gateway)
  const proposed = known ?? drawn ?? formatIpv4(membersOf(block).first)
  const gateway = ask(fitting, {
    id: `gateway:${id}`,
    title: `Which address is the gateway of ${id}?`,
    why: 'Machines reach package mirrors and images through it.',
    example: formatIpv4(membersOf(block).first),
    proposed,
    origin: known ? 'found' : drawn ? 'document' : 'guess',
    check: (text) => whyNoAddress(text, block),
  })
  put(fitting, ['networks', id, 'gateway'], gateway)
  const { router } = network
  if (router !== undefined && fitting.topology.routers?.[router])
    put(fitting, ['routers', router, 'address'], gateway)
  return gateway
}

function chooseResolvers(
  fitting: Fitting,
  { id, network, found, gateway, moved }: Lan & { gateway: string; moved: boolean },
): string[] {
  const drawn = moved ? [] : (network.dns ?? [])
  const proposed = drawn.length > 0 ? drawn : found.dns.length > 0 ? found.dns : [gateway]
  const answer = ask(fitting, {
    id: `dns:${id}`,
    title: `Who resolves names in ${id}?`,
    why: 'VMs ask these for package mirrors and for each other.',
    example: gateway,
    proposed: proposed.join(', '),
    origin: drawn.length > 0 ? 'document' : found.dns.length > 0 ? 'found' : 'guess',
    check: (text) =>
      listOf(text).every((each) => parseIpv4(each) !== null) && listOf(text).length > 0
        ? null
        : 'Write addresses, such as 192.168.1.1, 9.9.9.9.',
  })
  const dns = listOf(answer)
  put(fitting, ['networks', id, 'dns'], dns)
  return dns
}

/** The hosts' own addresses, and whether they lie in this network. */
function placeHosts(
  fitting: Fitting,
  { hosts }: SiteWire,
  { id: lan, block }: { id: string; block: Cidr },
): void {
  for (const { id, facts } of hosts) {
    const own =
      facts.bridges.find(({ gateway, address }) => gateway !== null && address !== null) ??
      facts.bridges.find(({ address }) => address !== null)
    const address = own?.address?.split('/')[0]
    const path = ['hosts', id]
    if (address !== undefined) put(fitting, [...path, 'address'], address)
    const now = parseIpv4(hostOf(fitting.topology, id).address ?? '')
    if (now !== null && contains(block, now)) put(fitting, [...path, 'network'], lan)
    else if (now !== null || hostOf(fitting.topology, id).network === lan)
      put(fitting, [...path, 'network'], now === null ? lan : undefined)
  }
}

type Move = { id: string; drawn: Cidr; block: Cidr; gateway: string; dns: string[] }

/** What was drawn with an address of the old network loses it; who asked its resolvers asks the new. */
function followMove(fitting: Fitting, { id, drawn, block, dns }: Move): void {
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
  for (const kind of ['routers', 'switches', 'services'] as const) {
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

type Addressing = { id: string; block: Cidr; gateway: string; moved: boolean; wire: SiteWire }

/** Where DHCP hands out, and where the panel may. */
function fitAddresses(fitting: Fitting, { id, block, gateway, moved, wire }: Addressing): void {
  const uses = usersOf(fitting.topology, id).length > 0
  const drawn = dhcpOf(fitting.topology, id)
  if (!uses && oursOf(fitting.topology, id).length === 0 && !drawn) return
  const dhcp = chooseDhcp(fitting, { id, block, moved })
  const gives = oursOf(fitting.topology, id).length > 0
  putDhcp(fitting, { id, dhcp, drawn: drawn?.[0] ?? null, uses: uses || gives })
  if (!gives) return
  const { taken, kept, met } = takenIn(fitting, { id, block, gateway, wire })
  const stands = [...(dhcp ? [dhcp] : []), ...kept]
  const stand = poolsStand(fitting.topology, id, [membersOf(block)], { kept: stands, met })
  const holes = [...stands, ...met]
  const free = largestOf(without(membersOf(block), holes))
  const cover = stand ? coverOf(fitting.topology, id) : null
  const proposed =
    cover ?? (free ? formatRange(lastOf(free, MOST_ADDRESSES)) : formatRange(membersOf(block)))
  const answer = ask(fitting, {
    id: `range:${id}`,
    title: `Which addresses of ${id} may the panel give away?`,
    why: `To VMs and, where it runs, to MetalLB. Outside of ${dhcp ? formatRange(dhcp) : 'what DHCP hands out'}, and nothing else may have one.`,
    example: proposed,
    proposed,
    origin: cover ? 'document' : 'guess',
    check: (text) => whyNotOurs(text, block, dhcp),
  })
  const range = parseRange(answer)
  if (range && (!stand || answer !== cover)) {
    const pieces = without(range, holes)
    const missing = layPools(fitting, id, largestOf(pieces) ?? range)
    if (missing > 0 || pieces.length === 0) {
      fitting.unmet.push({
        code: 'fit.no-addresses',
        message: `${formatRange(range)} of ${id} has ${pieces.reduce((sum, each) => sum + sizeOf(each), 0)} addresses that nobody has, and ${missing} more are needed - VMs would stay without one - narrow the range of DHCP in the router, or name a larger one here.`,
      })
    }
  }
  releaseAddresses(fitting, id, taken)
}

function chooseDhcp(
  fitting: Fitting,
  { id, block, moved }: Pick<Addressing, 'id' | 'block' | 'moved'>,
): Ipv4Range | null {
  const drawn = moved ? null : dhcpOf(fitting.topology, id)
  const nothing =
    !moved && drawn === null && fitting.topology.networks?.[id]?.dhcpServer === undefined
  const proposed = nothing ? 'none' : formatRange(drawn?.[1] ?? likelyDhcp(block))
  const answer = ask(fitting, {
    id: `dhcp:${id}`,
    title: `Which addresses does DHCP hand out in ${id}?`,
    why: 'No VM is given one of them. Your router shows the range; write none where nobody hands out addresses.',
    example: formatRange(likelyDhcp(block)),
    proposed,
    origin: drawn || nothing ? 'document' : 'guess',
    check: (text) => (text === 'none' ? null : whyNoRange(text, block)),
  })
  return answer === 'none' ? null : parseRange(answer)
}

function putDhcp(
  fitting: Fitting,
  {
    id,
    dhcp,
    drawn,
    uses,
  }: { id: string; dhcp: Ipv4Range | null; drawn: string | null; uses: boolean },
): void {
  if (!dhcp) {
    if (drawn !== null) put(fitting, ['pools', drawn], undefined)
    put(fitting, ['networks', id, 'dhcpServer'], undefined)
    return
  }
  const [from, to] = [formatIpv4(dhcp.first), formatIpv4(dhcp.last)]
  if (drawn !== null) {
    put(fitting, ['pools', drawn, 'from'], from)
    put(fitting, ['pools', drawn, 'to'], to)
  } else if (uses) {
    let name = `${id}-dhcp`.slice(0, 63)
    while (fitting.topology.pools?.[name]) name = `x${name}`.slice(0, 63)
    put(fitting, ['pools', name], { network: id, from, to, purpose: 'dhcp' })
  }
}

function whyNotOurs(text: string, block: Cidr, dhcp: Ipv4Range | null): string | null {
  const fault = whyNoRange(text, block)
  const range = parseRange(text)
  if (fault !== null || !range) return fault
  return dhcp && intersection(dhcp, range) ? `${formatRange(dhcp)} is handed out by DHCP.` : null
}

/**
 * Addresses of this network that somebody has: hosts, guests, the router, what the document keeps,
 * and `met`: whoever was seen there.
 */
function takenIn(
  fitting: Fitting,
  { id, block, gateway, wire }: Pick<Addressing, 'id' | 'block' | 'gateway' | 'wire'>,
): { taken: Set<Ipv4>; kept: Ipv4Range[]; met: Ipv4Range[] } {
  const { topology } = fitting
  const texts = [
    gateway,
    ...(topology.networks?.[id]?.dns ?? []),
    ...Object.values(topology.hosts ?? {}).flatMap(({ address, bmc }) => [address, bmc?.address]),
    ...Object.values(topology.routers ?? {}).map(({ address }) => address),
    ...Object.values(topology.switches ?? {}).map(({ address }) => address),
    ...Object.values(topology.services ?? {}).map(({ address }) => address),
    ...Object.values(topology.reservations ?? {}).map(({ address }) => address),
    ...Object.values(topology.unmanaged ?? {}).flatMap(({ addresses }) => addresses ?? []),
    ...wire.hosts.flatMap(({ facts }) => [
      ...facts.bridges.map(({ address }) => address?.split('/')[0]),
      ...facts.guests.filter(({ ours }) => !ours).flatMap(({ addresses }) => addresses),
    ]),
  ]
  const inBlock = (text: string | undefined) => {
    const address = text === undefined ? null : parseIpv4(text)
    return address !== null && contains(block, address) ? [address] : []
  }
  const taken = new Set(texts.flatMap(inBlock))
  const seen = new Set(fitting.seen.flatMap(({ address }) => inBlock(address)))
  const pools = poolsOf(topology, id).flatMap(([each, pool]) =>
    pool.purpose === 'dhcp' || oursOf(topology, id).some(([own]) => own === each)
      ? []
      : (parseRange(`${pool.from}-${pool.to}`) ?? []),
  )
  const holes = (addresses: Iterable<Ipv4>) =>
    [...addresses].sort((a, b) => a - b).map((address) => ({ first: address, last: address }))
  return {
    taken: new Set([...taken, ...seen]),
    kept: [...holes(taken), ...pools],
    met: holes(seen),
  }
}

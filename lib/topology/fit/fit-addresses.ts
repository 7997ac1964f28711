import { addressUses } from '../address-uses'
import {
  type Cidr,
  contains,
  formatIpv4,
  formatRange,
  type Ipv4,
  type Ipv4Range,
  intersection,
  parseIpv4,
} from '../ipv4'
import {
  coverOf,
  dhcpOf,
  layPools,
  oursOf,
  poolsOf,
  poolsStand,
  releaseAddresses,
} from './fit-pools'
import { ask, type Fitting, put, usersOf } from './fitting'
import {
  largestOf,
  lastOf,
  likelyDhcp,
  membersOf,
  parseRange,
  sizeOf,
  whyNoRange,
  without,
} from './ranges'
import type { SiteWire } from './site-wire'

/** Addresses that are worth giving to VMs at most: what is more is the house's. */
const MOST_ADDRESSES = 60

type Addressing = { id: string; block: Cidr; gateway: string; moved: boolean; wire: SiteWire }

/** Where DHCP hands out, and where the panel may. */
export function fitAddresses(
  fitting: Fitting,
  { id, block, gateway, moved, wire }: Addressing,
): void {
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
    // VMs move, and with them the endpoints that are at one of them; everything else stays.
    ...addressUses(topology).flatMap(({ kind, id: owner, text }) => {
      const moves =
        kind === 'vm' ||
        (kind === 'endpoint' && !topology.clusters?.[owner]?.endpoint?.floating) ||
        (kind === 'resolver' && owner !== id)
      return moves ? [] : [text]
    }),
    ...Object.values(topology.reservations ?? {}).map(({ address }) => address),
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

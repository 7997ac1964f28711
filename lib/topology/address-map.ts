import { networkBlock, networkOf, poolRange } from './ipam'
import { clash, type Holder, type HolderKind } from './ipam-holders'
import {
  type Cidr,
  contains,
  formatIpv4,
  type Ipv4,
  type Ipv4Range,
  intersection,
  parseIpv4,
} from './ipv4'
import type { PoolPurpose, Topology } from './topology'

/** What an address is, for its cell. `outside`: network or broadcast address; `free`: nobody's. */
export type CellState = HolderKind | 'conflict' | 'outside' | 'dhcp' | 'metallb' | 'kept' | 'free'

/** Neighbouring addresses of one state, holder and pool; a holder's is one address. */
export type AddressRun = Ipv4Range & {
  state: CellState
  pool: { id: string; purpose: PoolPurpose } | null
  holders: readonly Holder[]
}

/** One network with all that is in it. `runs` cover it from its first address to its last. */
export type AddressMap = {
  network: string
  block: Cidr
  holders: Holder[]
  runs: AddressRun[]
}

/** Null without such a network. Made of a few steps per holder and pool, whatever the network's size. */
export function toAddressMap(
  topology: Topology,
  network: string,
  holders: readonly Holder[],
): AddressMap | null {
  const block = networkBlock(topology, network)
  if (!block) return null
  const mine = holders.filter(({ address }) => {
    const number = parseIpv4(address)
    return number !== null && contains(block, number) && networkOf(topology, address) === network
  })
  return { network, block, holders: mine, runs: runsOf(topology, network, block, mine) }
}

type PoolOver = NonNullable<AddressRun['pool']> & { range: Ipv4Range }

function runsOf(
  topology: Topology,
  network: string,
  block: Cidr,
  holders: readonly Holder[],
): AddressRun[] {
  const pools = Object.entries(topology.pools ?? {}).flatMap(([id, pool]): PoolOver[] => {
    const range = pool.network === network ? poolRange(pool) : null
    const inside = range ? intersection(block, range) : null
    return inside ? [{ id, purpose: pool.purpose, range: inside }] : []
  })
  const byAddress = new Map<Ipv4, Holder[]>()
  for (const holder of holders) {
    const number = parseIpv4(holder.address)!
    byAddress.set(number, [...(byAddress.get(number) ?? []), holder])
  }
  const starts = new Set<Ipv4>([block.first])
  const cut = (range: Ipv4Range) => {
    starts.add(range.first)
    if (range.last < block.last) starts.add(range.last + 1)
  }
  for (const { range } of pools) cut(range)
  for (const number of byAddress.keys()) cut({ first: number, last: number })
  if (block.prefix < 31) {
    cut({ first: block.first, last: block.first })
    cut({ first: block.last, last: block.last })
  }
  const sorted = [...starts].sort((a, b) => a - b)
  return sorted.map((first, index) => {
    const last = (sorted[index + 1] ?? block.last + 1) - 1
    const pool = poolOver(pools, first)
    const here = byAddress.get(first) ?? []
    const edge = block.prefix < 31 && (first === block.first || first === block.last)
    return {
      ...{ first, last, holders: here },
      pool: pool ? { id: pool.id, purpose: pool.purpose } : null,
      state: edge && here.length === 0 ? 'outside' : stateOf(topology, here, pool),
    }
  })
}

/** Of pools that overlap, one that the panel does not give away from counts. */
const poolOver = (pools: readonly PoolOver[], address: Ipv4): PoolOver | undefined => {
  const over = pools.filter(({ range }) => contains(range, address))
  return over.find(({ purpose }) => poolState(purpose) !== 'free') ?? over[0]
}

const poolState = (purpose: PoolPurpose): CellState =>
  purpose === 'dhcp' || purpose === 'metallb'
    ? purpose
    : purpose === 'reserved' || purpose === 'gateway'
      ? 'kept'
      : 'free'

function stateOf(
  topology: Topology,
  holders: readonly Holder[],
  pool: PoolOver | undefined,
): CellState {
  const [first] = holders
  if (first === undefined) return pool ? poolState(pool.purpose) : 'free'
  return clash(topology, holders) ? 'conflict' : first.kind
}

/** How many addresses of a network are what. `size` leaves out network and broadcast address. */
export type NetworkUse = {
  size: number
  /** Addresses that somebody has or that are kept for somebody. */
  held: number
  /** Handed out by DHCP or MetalLB, or kept as a pool. */
  handed: number
  free: number
  /** Answer and nobody told of them. */
  strangers: number
  conflicts: number
}

/** See {@link NetworkUse}. */
export function countUse({ runs }: Pick<AddressMap, 'runs'>): NetworkUse {
  const use = { size: 0, held: 0, handed: 0, free: 0, strangers: 0, conflicts: 0 }
  for (const { first, last, state } of runs) {
    const count = last - first + 1
    if (state === 'outside') continue
    use.size += count
    if (state === 'free') use.free += count
    else if (state === 'dhcp' || state === 'metallb' || state === 'kept') use.handed += count
    else use.held += count
    if (state === 'stranger') use.strangers += count
    if (state === 'conflict') use.conflicts += count
  }
  return use
}

/** The runs of a part of the network, cut at its ends. */
export const runsWithin = (runs: readonly AddressRun[], range: Ipv4Range): AddressRun[] =>
  runs.flatMap((run) => {
    const shared = intersection(run, range)
    return shared ? [{ ...run, ...shared }] : []
  })

/** `10.2.0.11` or `10.2.0.11-10.2.0.30`, with an en dash for people. */
export const rangeText = ({ first, last }: Ipv4Range): string =>
  first === last ? formatIpv4(first) : `${formatIpv4(first)} – ${formatIpv4(last)}`

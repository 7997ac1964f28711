import { addressUses } from './address-uses'
import {
  type Cidr,
  contains,
  formatIpv4,
  type Ipv4,
  type Ipv4Range,
  intersection,
  isNetworkOrBroadcast,
  parseCidr,
  parseIpv4,
} from './ipv4'
import { POOL_OF_ROLE } from './resolve'
import type { Pool, PoolPurpose, Reservation, Topology, VmRole } from './topology'

/** Whether an address is still kept on this day (ISO date, UTC). Without a day: it is. */
export const isKept = ({ until }: Pick<Reservation, 'until'>, today?: string): boolean =>
  until === undefined || today === undefined || today <= until

/** What stands beside a document and counts when an edit takes a free address. */
export type Beside = {
  /** Addresses that somebody else answers at or that another topology has. */
  addresses?: readonly string[] | undefined
  /** ISO date (UTC): reservations that ended before it are free again. Without one all hold. */
  today?: string | undefined
}

/**
 * What nobody may be given: addresses in use by anything the document tells of, gateways, resolvers,
 * endpoints, tunnels, reservations that have not passed by `today` (all of them without a day), and
 * those named `elsewhere`.
 */
export function takenAddresses(
  topology: Topology,
  elsewhere: Iterable<string> = [],
  today?: string,
): Set<Ipv4> {
  const taken = new Set(addressUses(topology).map(({ address }) => address))
  const add = (text: string) => {
    const address = parseIpv4(text)
    if (address !== null) taken.add(address)
  }
  for (const reservation of Object.values(topology.reservations ?? {})) {
    if (isKept(reservation, today)) add(reservation.address)
  }
  for (const each of elsewhere) add(each)
  return taken
}

/** Purposes of pools that somebody else hands out, or nobody: the panel gives no address from them. */
const NOT_GIVEN: ReadonlySet<PoolPurpose> = new Set(['gateway', 'dhcp', 'metallb', 'reserved'])

/** Whether the panel gives addresses of such a pool to machines. */
export const isGiven = (purpose: PoolPurpose): boolean => !NOT_GIVEN.has(purpose)

/** The ranges that no machine is given an address from, ascending. They may overlap other pools. */
export function keptRanges(topology: Topology): Ipv4Range[] {
  return Object.values(topology.pools ?? {})
    .flatMap((pool) => (isGiven(pool.purpose) ? [] : (poolRange(pool) ?? [])))
    .sort((a, b) => a.first - b.first)
}

/** First and last address of a pool, or null if they are not in order. */
export function poolRange(pool: Pick<Pool, 'from' | 'to'>): Ipv4Range | null {
  const first = parseIpv4(pool.from)
  const last = parseIpv4(pool.to)
  return first === null || last === null || first > last ? null : { first, last }
}

/** The lowest address of a pool that may be given away, or null when it is full or unknown. */
export function nextFree(
  topology: Topology,
  poolId: string,
  taken: ReadonlySet<Ipv4> = takenAddresses(topology),
): string | null {
  return listFree(topology, poolId, 1, taken)[0] ?? null
}

/**
 * The lowest `limit` free addresses of a pool, ascending. None of a pool that DHCP or MetalLB hands
 * out or that is kept, nor where such a pool lies over this one.
 */
export function listFree(
  topology: Topology,
  poolId: string,
  limit: number,
  taken: ReadonlySet<Ipv4> = takenAddresses(topology),
): string[] {
  const free: string[] = []
  const range = givenRange(topology, poolId)
  if (!range) return free
  const { block } = range
  const kept = keptRanges(topology)
  for (let each = range.first; each <= range.last && free.length < limit; each++) {
    const over = kept.find((one) => contains(one, each))
    if (over) each = over.last
    else if (!taken.has(each) && !isNetworkOrBroadcast(block, each)) free.push(formatIpv4(each))
  }
  return free
}

/** What of a pool lies in its network, where the panel gives addresses of it at all. */
function givenRange(topology: Topology, poolId: string): (Ipv4Range & { block: Cidr }) | null {
  const pool = topology.pools?.[poolId]
  const range = pool && isGiven(pool.purpose) ? poolRange(pool) : null
  const block = pool ? networkBlock(topology, pool.network) : null
  const shared = range && block ? intersection(range, block) : null
  return shared && block ? { ...shared, block } : null
}

/** How full a pool is. Counts addresses in use by anything in the document. */
export function poolUse(
  topology: Topology,
  poolId: string,
  taken: ReadonlySet<Ipv4> = takenAddresses(topology),
): { size: number; used: number } {
  const pool = topology.pools?.[poolId]
  const range = pool ? poolRange(pool) : null
  if (!range) return { size: 0, used: 0 }
  let used = 0
  for (const address of taken) if (contains(range, address)) used++
  return { size: range.last - range.first + 1, used }
}

/** The block of a network, or null without such a network. */
export function networkBlock(topology: Topology, network: string): Cidr | null {
  const cidr = topology.networks?.[network]?.cidr
  return cidr === undefined ? null : parseCidr(cidr)
}

/** Id of the network that an address lies in, or null. The smallest, where networks overlap. */
export function networkOf(topology: Topology, address: string): string | null {
  const wanted = parseIpv4(address)
  if (wanted === null) return null
  let best: { id: string; prefix: number } | null = null
  for (const id of Object.keys(topology.networks ?? {})) {
    const block = networkBlock(topology, id)
    if (block && contains(block, wanted) && (!best || block.prefix > best.prefix)) {
      best = { id, prefix: block.prefix }
    }
  }
  return best?.id ?? null
}

/** Id of the pool that an address lies in, or null. */
export function poolOf(topology: Topology, address: string): string | null {
  const wanted = parseIpv4(address)
  if (wanted === null) return null
  const found = Object.entries(topology.pools ?? {}).find(([, pool]) => {
    const range = poolRange(pool)
    return range !== null && contains(range, wanted)
  })
  return found?.[0] ?? null
}

/**
 * The pool that a VM of this role gets its address from on this network: the one of its role, else
 * the one for plain VMs. Null when the network has neither.
 */
export function poolFor(topology: Topology, role: VmRole, network: string): string | null {
  for (const purpose of [POOL_OF_ROLE[role], POOL_OF_ROLE.plain]) {
    const found = Object.entries(topology.pools ?? {}).find(
      ([, pool]) => pool.network === network && pool.purpose === purpose,
    )
    if (found) return found[0]
  }
  return null
}

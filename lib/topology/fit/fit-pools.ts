import { poolRange } from '../ipam'
import { contains, formatIpv4, type Ipv4, type Ipv4Range, intersection, parseIpv4 } from '../ipv4'
import { POOL_OF_ROLE } from '../resolve'
import type { Pool, PoolPurpose, Topology } from '../topology'
import { type Fitting, put } from './fitting'
import { parseRange, sizeOf } from './ranges'

/** Purposes whose addresses the panel or MetalLB give out; the other pools are kept for somebody. */
const OURS: ReadonlySet<PoolPurpose> = new Set([
  'load-balancers',
  'control-planes',
  'workers',
  'storage',
  'vms',
  'metallb',
])

export const poolsOf = (topology: Topology, network: string): [string, Pool][] =>
  Object.entries(topology.pools ?? {}).filter(([, pool]) => pool.network === network)

export const oursOf = (topology: Topology, network: string): [string, Pool][] =>
  poolsOf(topology, network).filter(([, { purpose }]) => OURS.has(purpose))

/** MetalLB pools that an add-on names. */
const announced = (topology: Topology): Set<string | undefined> =>
  new Set(
    Object.values(topology.clusters ?? {}).flatMap(({ addOns }) =>
      Object.values(addOns ?? {}).map(({ pool }) => pool),
    ),
  )

/** Addresses that a pool has to have: one for each NIC, and four for MetalLB. */
function demandOf(topology: Topology, id: string, pool: Pool): number {
  if (pool.purpose === 'metallb') return announced(topology).has(id) ? 4 : 0
  return Object.values(topology.vms ?? {})
    .flatMap((vm) => Object.values(vm.nics ?? {}).map((nic) => ({ role: vm.role, nic })))
    .filter(({ role, nic }) =>
      nic.pool === undefined
        ? nic.network === pool.network && POOL_OF_ROLE[role] === pool.purpose
        : nic.pool === id,
    ).length
}

/**
 * Whether the pools of a network can stay: in the range, apart from each other, nothing of others in
 * them. Whom somebody `met` is in the way of MetalLB's alone: the panel gives that address to nobody.
 */
export function poolsStand(
  topology: Topology,
  network: string,
  within: Ipv4Range[],
  { kept, met }: { kept: Ipv4Range[]; met: Ipv4Range[] },
) {
  const pools = oursOf(topology, network).map(([, pool]) => pool)
  const ranges = pools.map((pool) => poolRange(pool))
  const announced = pools.flatMap((pool) =>
    pool.purpose === 'metallb' ? (poolRange(pool) ?? []) : [],
  )
  if (announced.some((range) => met.some((each) => intersection(each, range) !== null)))
    return false
  return (
    ranges.length > 0 &&
    ranges.every(
      (range, i) =>
        range !== null &&
        within.some((each) => each.first <= range.first && range.last <= each.last) &&
        kept.every((each) => intersection(each, range) === null) &&
        ranges.every((other, j) => i === j || !other || intersection(other, range) === null),
    )
  )
}

/**
 * Lays a network's own pools one behind the other into a range, each with what it needs and a share
 * of the rest. Pools that nothing uses go where the range is too small for them. Gives how many
 * addresses are missing; 0 if all have what they need.
 */
export function layPools(fitting: Fitting, network: string, range: Ipv4Range): number {
  const pools = oursOf(fitting.topology, network).map(([id, pool]) => ({
    id,
    pool,
    need: demandOf(fitting.topology, id, pool),
  }))
  const needed = pools.reduce((sum, { need }) => sum + need, 0)
  const room = sizeOf(range)
  const kept = pools.filter(({ need }) => need > 0 || room - needed >= pools.length)
  const share = Math.min(16, Math.floor(Math.max(0, room - needed) / Math.max(1, kept.length)))
  let next = range.first
  let missing = 0
  for (const { id, need, pool } of pools) {
    const size = Math.min(need + share, range.last - next + 1)
    if (!kept.some((each) => each.id === id) || size < 1) {
      missing += Math.max(0, need)
      dropPool(fitting, id, pool)
      continue
    }
    missing += Math.max(0, need - size)
    put(fitting, ['pools', id, 'from'], formatIpv4(next))
    put(fitting, ['pools', id, 'to'], formatIpv4(next + size - 1))
    next += size
  }
  return missing
}

/** Takes a pool away with what names it by choice. */
export function dropPool(fitting: Fitting, id: string, { purpose }: Pool): void {
  put(fitting, ['pools', id], undefined)
  for (const [vm, { nics }] of Object.entries(fitting.topology.vms ?? {})) {
    for (const [nic, { pool }] of Object.entries(nics ?? {})) {
      if (pool === id) put(fitting, ['vms', vm, 'nics', nic, 'pool'], undefined)
    }
  }
  if (OURS.has(purpose)) fitting.took.push(`Pool ${id}: there is no room for it.`)
}

/** Takes fixed addresses away that the pools, the router or others have now; the save gives new ones. */
export function releaseAddresses(
  fitting: Fitting,
  network: string,
  taken: ReadonlySet<Ipv4>,
): void {
  const { topology } = fitting
  const pools = oursOf(topology, network)
  for (const [id, vm] of Object.entries(topology.vms ?? {})) {
    for (const [nicId, nic] of Object.entries(vm.nics ?? {})) {
      if (nic.network !== network || nic.address === undefined) continue
      const address = parseIpv4(nic.address)
      const pool = pools.find(
        ([poolId, { purpose }]) =>
          (nic.pool ?? poolId) === poolId &&
          (nic.pool !== undefined || purpose === POOL_OF_ROLE[vm.role]),
      )?.[1]
      const range = pool ? poolRange(pool) : null
      if (address !== null && !taken.has(address) && range && contains(range, address)) continue
      put(fitting, ['vms', id, 'nics', nicId, 'address'], undefined)
    }
  }
}

/** The range that a network's own pools cover, as an answer is written; null without pools. */
export function coverOf(topology: Topology, network: string): string | null {
  const ranges = oursOf(topology, network).flatMap(([, pool]) => poolRange(pool) ?? [])
  if (ranges.length === 0) return null
  const first = Math.min(...ranges.map((range) => range.first))
  const last = Math.max(...ranges.map((range) => range.last))
  return `${formatIpv4(first)}-${formatIpv4(last)}`
}

/** The range that DHCP hands out in a network by the document; null where it says nothing. */
export function dhcpOf(topology: Topology, network: string): [string, Ipv4Range] | null {
  const found = poolsOf(topology, network).find(([, { purpose }]) => purpose === 'dhcp')
  const range = found ? parseRange(`${found[1].from}-${found[1].to}`) : null
  return found && range ? [found[0], range] : null
}

import { defaultStorage, disksOf } from '../defaults'
import { listFree, poolFor } from '../ipam'
import { formatQuantity } from '../parse-quantity'
import { count, listed } from '../rules/rule'
import type { Storage, Topology, Vm } from '../topology'
import { freeMemory, vmMemory } from './restarts'

/** What one more VM would be made like, and how many of them are wanted. */
export type Wish = { like: string; count: number }

/** What limits how many more there can be on one host. */
export type Limit = {
  of: 'memory' | 'disk' | 'cpu'
  /** How many more it allows; null where the host does not say what it has. */
  most: number | null
  /** False: more is possible and will hurt. */
  hard: boolean
  /** With the numbers: "48 GiB of memory are free". */
  words: string
}

export type Place = { host: string; limits: Limit[]; most: number | null }

export type Growth = {
  wish: Wish
  sentence: string
  fits: boolean
  /** The most that fit anywhere; null where no host says what it has. */
  most: number | null
  places: Place[]
  /** The first addresses that they would get, one list per NIC that has a pool. */
  addresses: { network: string; pool: string | null; free: string[]; enough: boolean }[]
  /** What has to be there first, each a whole sentence. Empty if they fit. */
  needs: string[]
}

/** Whether so many more VMs like one of the document fit, where, and what is missing. Null without such a VM. */
export function oneMore(topology: Topology, wish: Wish): Growth | null {
  const vm = topology.vms?.[wish.like]
  if (!vm) return null
  const places = Object.entries(topology.hosts ?? {})
    .filter(([, { role }]) => role === 'proxmox')
    .map(([host]) => placeOn(topology, host, wish.like, vm))
  const addresses = addressesFor(topology, vm, wish.count)
  const known = places.every(({ most }) => most !== null)
  const room = places.reduce((sum, { most }) => sum + (most ?? 0), 0)
  const free = Math.min(
    ...addresses.map((each) => (each.pool === null ? wish.count : each.free.length)),
    wish.count,
  )
  const fits = (!known || room >= wish.count) && free >= wish.count && places.length > 0
  const needs = fits ? [] : needsOf({ topology, wish, places, addresses, known, room })
  const growth = { wish, fits, most: known ? room : null, places, addresses, needs }
  return { ...growth, sentence: sentenceOf(growth) }
}

function placeOn(topology: Topology, host: string, like: string, vm: Vm): Place {
  const limits = [
    memoryLimit(topology, host, like),
    cpuLimit(topology, host, vm),
    ...diskLimits(topology, host, vm),
  ]
  const hard = limits.filter((limit) => limit.hard)
  const most = hard.some((limit) => limit.most === null)
    ? null
    : Math.min(...hard.map((limit) => limit.most ?? 0))
  return { host, limits, most }
}

function memoryLimit(topology: Topology, host: string, like: string): Limit {
  const each = vmMemory(topology, like)
  const free = freeMemory(topology, host)
  if (free === null) {
    return { of: 'memory', most: null, hard: true, words: `${host} does not say its memory` }
  }
  const words =
    free < 0
      ? `${mib(-free)} of memory more are promised than there are`
      : `${mib(free)} of memory are free, one takes ${mib(each)}`
  return {
    of: 'memory',
    most: each === 0 ? 0 : Math.max(0, Math.floor(free / each)),
    hard: true,
    words,
  }
}

function cpuLimit(topology: Topology, host: string, vm: Vm): Limit {
  const cpus = cpusOf(topology, vm)
  const threads = topology.hosts?.[host]?.cpuThreads
  if (threads === undefined) {
    return { of: 'cpu', most: null, hard: false, words: `${host} does not say its threads` }
  }
  const promised = Object.values(topology.vms ?? {})
    .filter((each) => each.host === host)
    .reduce((sum, each) => sum + cpusOf(topology, each), 0)
  const words = `${promised} vCPUs are promised of ${threads} threads, one takes ${cpus}`
  // Proxmox refuses a VM with more vCPUs than the host has threads; of several it only shares them.
  if (cpus > threads) return { of: 'cpu', most: 0, hard: true, words }
  return {
    of: 'cpu',
    most: Math.max(0, Math.floor((threads - promised) / (cpus || 1))),
    hard: false,
    words,
  }
}

const cpusOf = (topology: Topology, vm: Vm): number =>
  vm.cpus ?? (vm.size === undefined ? undefined : topology.sizes?.[vm.size]?.cpus) ?? 0

/** Kinds whose disks take their whole size at once; the others grow as they are written to. */
const isThin = (storage: Storage): boolean =>
  storage.thin ??
  ['lvmthin', 'zfspool', 'btrfs', 'rbd', 'cephfs', 'dir', 'nfs', 'cifs'].includes(storage.kind)

function diskLimits(topology: Topology, host: string, vm: Vm): Limit[] {
  const wanted = gibByStorage(topology, vm, host)
  return [...wanted].map(([storage, gib]): Limit => {
    const entry = topology.hosts?.[host]?.storages?.[storage]
    if (!topology.hosts?.[host]?.storages) {
      return { of: 'disk', most: null, hard: false, words: `${host} does not say its storages` }
    }
    if (!entry)
      return { of: 'disk', most: 0, hard: true, words: `${host} has no storage ${storage}` }
    if (entry.sizeGib === undefined) {
      return { of: 'disk', most: null, hard: false, words: `${storage} does not say its size` }
    }
    const promised = Object.values(topology.vms ?? {})
      .filter((each) => each.host === host)
      .reduce((sum, each) => sum + (gibByStorage(topology, each, host).get(storage) ?? 0), 0)
    const thin = isThin(entry)
    const words = `${gibWords(promised)} of ${gibWords(entry.sizeGib)} in ${storage} are promised, one takes ${gibWords(gib)}${thin ? ' as it fills' : ''}`
    const most = gib === 0 ? 0 : Math.max(0, Math.floor((entry.sizeGib - promised) / gib))
    return { of: 'disk', most, hard: !thin, words }
  })
}

/** What a VM's disks take of each storage, if it stood on this host. */
function gibByStorage(topology: Topology, vm: Vm, host: string): Map<string, number> {
  const system = vm.size === undefined ? undefined : topology.sizes?.[vm.size]?.diskGib
  const sums = new Map<string, number>()
  for (const [, disk] of disksOf(vm)) {
    const storage = disk.storage ?? defaultStorage(topology.hosts?.[host])
    const gib = disk.sizeGib ?? (disk.kind === 'system' ? system : undefined) ?? 0
    sums.set(storage, (sums.get(storage) ?? 0) + gib)
  }
  return sums
}

/** The next addresses of each NIC's pool; a NIC whose network has no pool gets its address by hand. */
function addressesFor(topology: Topology, vm: Vm, count: number): Growth['addresses'] {
  return Object.values(vm.nics ?? {}).map(({ network, pool }) => {
    const from = pool ?? poolFor(topology, vm.role, network)
    const free = from === null ? [] : listFree(topology, from, count)
    return { network, pool: from, free, enough: from === null || free.length >= count }
  })
}

type Told = Pick<Growth, 'wish' | 'places' | 'addresses'> & {
  topology: Topology
  known: boolean
  room: number
}

function needsOf({ topology, wish, places, addresses, known, room }: Told): string[] {
  const needs: string[] = []
  if (places.length === 0) needs.push('There is no Proxmox host to put them on.')
  const missing = wish.count - room
  if (places.length > 0 && known && missing > 0) {
    const memory = vmMemory(topology, wish.like)
    const short = places.filter(({ limits }) =>
      limits.some(({ of, hard, most }) => of === 'memory' && hard && (most ?? 0) < wish.count),
    )
    needs.push(
      short.length === places.length
        ? `${mib(missing * memory)} of memory for ${count(missing, 'more VM')}, in ${listed(places.map(({ host }) => host))} or in another host.`
        : `Room for ${count(missing, 'more VM')}: ${places
            .map(
              ({ host, limits }) =>
                `${host}: ${limits
                  .filter(({ hard }) => hard)
                  .map(({ words }) => words)
                  .join(', ')}`,
            )
            .join('; ')}.`,
    )
  }
  for (const { network, pool, free, enough } of addresses) {
    if (!enough) {
      needs.push(
        `${count(wish.count - free.length, 'address').replace(/ss(s)$/, 'sses')} more in pool ${pool} of ${network}.`,
      )
    }
  }
  return needs
}

function sentenceOf({
  wish,
  fits,
  most,
  places,
  addresses,
  needs,
}: Omit<Growth, 'sentence'>): string {
  const what = `${count(wish.count, 'more VM')} like ${wish.like}`
  if (!fits) return `${what} ${wish.count === 1 ? 'does' : 'do'} not fit: ${needs.join(' ')}`
  const where = places.filter(({ most: each }) => each === null || each > 0).map(({ host }) => host)
  const soft = places
    .filter(({ host }) => where.includes(host))
    .flatMap(({ host, limits }) =>
      limits
        .filter((limit) => !limit.hard && limit.most !== null && limit.most < wish.count)
        .map(({ words }) => `on ${host} ${words}`),
    )
  const at = addresses.flatMap(({ free }) => free.slice(0, 2))
  const parts = [
    `${what} ${wish.count === 1 ? 'fits' : 'fit'} on ${listed(where)}`,
    at.length > 0 ? `the next address${at.length > 1 ? 'es are' : ' is'} ${listed(at)}` : '',
    most === null
      ? 'how many more is not known, a host does not say what it has'
      : `memory is there for ${most}`,
    soft.length > 0 ? `mind that ${listed(soft)}` : '',
  ]
  return `${parts.filter(Boolean).join('; ')}.`
}

const mib = (value: number) => formatQuantity(value, 'MiB')
const gibWords = (value: number) => formatQuantity(value, 'GiB')

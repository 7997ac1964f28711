import { addressUses } from './address-uses'
import { poolRange } from './ipam'
import { contains, parseIpv4 } from './ipv4'
import type { Topology } from './topology'

/** Somebody who was seen at an address. Plain JSON; kept with what was observed. */
export type Sighting = {
  address: string
  /** Upper case; null where only an answer was seen. */
  mac: string | null
  /** When it was seen last, UTC milliseconds. */
  at: number
  /** Who saw it, in words: `host pve1`, `VM nfs-storage`. */
  by: string
  /**
   * `guest`: a guest of a Proxmox says so itself or is configured so; gone with it. `neighbour`: a
   * machine has it in its table of neighbours (RFC 826), which tells that it answered, not since when.
   */
  source: 'guest' | 'neighbour'
  /** The guest of a Proxmox that it belongs to, where that is known. */
  guest?: { vmid: number; name: string; host: string }
}

/** How long after it was seen last a neighbour is kept, and with it its address from being given away. */
export const SIGHTING_KEPT_MS = 7 * 86_400_000

/** For how long it stands in the way of a plan: who answered within a day is most likely still there. */
export const SIGHTING_FRESH_MS = 86_400_000

/** At most so many are kept, the newest: a scan of a /16 must not fill the database. */
export const SIGHTINGS_MOST = 4096

/**
 * What a new reading makes of the one before: guests are as they were read now, or as before where
 * their host could not be read; neighbours that were not met again stay until they are too old, but
 * not those whose MAC nobody saw: they are tried at each reading, and might be a VM of ours by now.
 */
export function mergeSightings(
  before: readonly Sighting[],
  now: readonly Sighting[],
  { at, blind }: { at: number; blind: ReadonlySet<string> },
): Sighting[] {
  const key = ({ address, mac }: Sighting) => `${address} ${mac}`
  const merged = new Map<string, Sighting>()
  for (const old of before) {
    const kept =
      old.source === 'guest'
        ? old.guest !== undefined && blind.has(old.guest.host)
        : old.mac !== null && at - old.at <= SIGHTING_KEPT_MS
    if (kept) merged.set(key(old), old)
  }
  for (const seen of now) {
    const had = merged.get(key(seen))
    // What a guest says of itself tells more than that somebody met it.
    if (had?.source === 'guest' && seen.source === 'neighbour' && had.at >= seen.at) continue
    merged.set(key(seen), seen)
  }
  return [...merged.values()]
    .sort((a, b) => b.at - a.at || (key(a) < key(b) ? -1 : 1))
    .slice(0, SIGHTINGS_MOST)
}

/** MACs that the document knows to be its own machines', upper case. */
export function ownMacs(topology: Topology): Set<string> {
  const macs = new Set<string>()
  for (const vm of Object.values(topology.vms ?? {})) {
    for (const { mac } of Object.values(vm.nics ?? {})) if (mac !== undefined) macs.add(mac)
  }
  for (const host of Object.values(topology.hosts ?? {})) {
    for (const { mac } of Object.values(host.nics ?? {})) if (mac !== undefined) macs.add(mac)
  }
  return macs
}

/**
 * The sightings that the document does not explain: nobody in it has that MAC, and the address is
 * not one of a machine whose MAC it does not tell, nor one that DHCP or MetalLB hands out. `macs`:
 * further MACs that are ours, such as those of VMs as they run.
 */
export function strangersAmong(
  topology: Topology,
  sightings: readonly Sighting[],
  macs: Iterable<string> = [],
): Sighting[] {
  const ours = ownMacs(topology)
  for (const mac of macs) ours.add(mac.toUpperCase())
  const told = toldAddresses(topology)
  const handed = Object.values(topology.pools ?? {}).flatMap((pool) => {
    const range = pool.purpose === 'dhcp' || pool.purpose === 'metallb' ? poolRange(pool) : null
    return range ? [range] : []
  })
  return sightings.filter((sighting) => {
    const { address: text, mac } = sighting
    if (mac !== null && ours.has(mac)) return false
    if (told.has(text)) {
      const wanted = told.get(text) ?? null
      return wanted !== null && mac !== null && wanted !== mac
    }
    const address = parseIpv4(text)
    return address !== null && !handed.some((range) => contains(range, address))
  })
}

/** Addresses of what the document tells of beside its VMs, with the MAC where it is written. */
function toldAddresses(topology: Topology): Map<string, string | null> {
  const told = new Map<string, string | null>()
  for (const { text, kind } of addressUses(topology)) if (kind !== 'vm') told.set(text, null)
  for (const { address, mac } of Object.values(topology.reservations ?? {})) {
    told.set(address, mac ?? null)
  }
  return told
}

/** `a machine with MAC AA:BB:CC:00:00:01, seen 2026-11-24 09:14 UTC by VM web`. */
export function strangerText({ mac, at, by, guest }: Sighting): string {
  const who = guest
    ? `${guest.name} (VMID ${guest.vmid} on ${guest.host})`
    : `a machine ${mac === null ? 'without a known MAC' : `with MAC ${mac}`}`
  return `${who}, seen ${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC by ${by}`
}

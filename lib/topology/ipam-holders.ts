import { type AddressUse, addressUses, clashOf } from './address-uses'
import { isKept } from './ipam'
import { type Sighting, strangersAmong } from './ipam-sighting'
import { parseIpv4 } from './ipv4'
import type { Topology } from './topology'

/** What kind of holder an address has; the worst and most telling first. */
export const HOLDER_KINDS = [
  'stranger',
  'gateway',
  'host',
  'vm',
  'endpoint',
  'equipment',
  'service',
  'unmanaged',
  'elsewhere',
  'reservation',
] as const
export type HolderKind = (typeof HOLDER_KINDS)[number]

/** Somebody who has an address, or for whom it is kept. */
export type Holder = {
  address: string
  kind: HolderKind
  /** Who, in words: `web`, `router`, `somebody with BC:24:...`. */
  label: string
  /** Where the document says so; null for what it does not tell of. */
  path: readonly string[] | null
  mac: string | null
  vmid: number | null
  /** Whose it is, in the reservation's own words. */
  owner: string | null
  /** ISO date: the last day of a reservation; null where it is for good. */
  until: string | null
  /** Not null for a stranger: when it was seen last (UTC milliseconds) and by whom. */
  seen: { at: number; by: string } | null
  /** How the document uses it; null for what it does not tell of, and for reservations. */
  use: AddressUse | null
}

/** An address that another topology of the panel has; `topology` null where it must not be named. */
export type Elsewhere = {
  kind: 'vm' | 'host'
  address: string
  topology: { id: string; name: string } | null
  label: string
  vmid: number | null
  mac: string | null
}

/** What the document alone does not tell. */
export type Around = {
  sightings: readonly Sighting[]
  elsewhere: readonly Elsewhere[]
  /** MACs of our VMs as they run, beside those of the document. */
  macs?: Iterable<string>
  /** ISO date (UTC). */
  today?: string
}

const NOTHING = { mac: null, vmid: null, owner: null, until: null, seen: null, use: null }

/** Everybody who has an address, by address, then in the order of {@link HOLDER_KINDS}. */
export function listHolders(topology: Topology, around: Around): Holder[] {
  const hosts = new Set(Object.values(topology.hosts ?? {}).map(({ address }) => address))
  const uses = addressUses(topology).map((use) => toTold(use, topology))
  const told = [
    ...uses.filter(({ use }) => use?.kind !== 'resolver'),
    ...reservations(topology, around.today),
    // One host may be named by several topologies: it is the same machine.
    ...around.elsewhere
      .filter(({ kind, address }) => kind === 'vm' || !hosts.has(address))
      .map(
        ({ address, topology: other, label, vmid, mac }): Holder => ({
          ...{ ...NOTHING, address, kind: 'elsewhere', path: null, vmid, mac },
          label: other ? `${label} of ${other.name}` : 'another topology',
        }),
      ),
    ...holdersSeen(topology, around),
  ]
  const had = new Set(told.map(({ address }) => address))
  // Resolvers that members are given answer there, whoever they are; each is told of once.
  const resolvers = uses.filter(({ use, address }) => {
    const fresh = use?.kind === 'resolver' && !had.has(address)
    if (fresh) had.add(address)
    return fresh
  })
  const holders = [...told, ...resolvers]
  const order = (holder: Holder) => HOLDER_KINDS.indexOf(holder.kind)
  return holders
    .map((holder) => ({ holder, number: parseIpv4(holder.address) ?? -1 }))
    .sort((a, b) => a.number - b.number || order(a.holder) - order(b.holder))
    .map(({ holder }) => holder)
}

const KIND_OF: Record<AddressUse['kind'], HolderKind> = {
  ...{ host: 'host', vm: 'vm', unmanaged: 'unmanaged', gateway: 'gateway', endpoint: 'endpoint' },
  ...{ bmc: 'equipment', ups: 'equipment', router: 'equipment', switch: 'equipment' },
  ...{ service: 'service', tunnel: 'equipment', resolver: 'equipment' },
}

const LABEL_OF: Partial<
  Record<AddressUse['kind'], (use: AddressUse, topology: Topology) => string>
> = {
  bmc: ({ name }) => `${name}, its BMC`,
  gateway: ({ id, name }, topology) =>
    topology.networks?.[id]?.router === undefined ? `gateway of ${id}` : name,
  endpoint: ({ name }) => `endpoint of ${name}`,
  tunnel: ({ name }) => `tunnel of ${name}`,
  resolver: ({ id }) => `resolver of ${id}`,
}

const toTold = (use: AddressUse, topology: Topology): Holder => ({
  ...{ ...NOTHING, address: use.text, path: use.path, mac: use.mac, vmid: use.vmid, use },
  kind: KIND_OF[use.kind],
  label: LABEL_OF[use.kind]?.(use, topology) ?? use.name,
})

/** A reservation that has passed holds nothing any more; the page of reservations still lists it. */
function reservations(topology: Topology, today: string | undefined): Holder[] {
  return Object.entries(topology.reservations ?? {}).flatMap(([id, kept]): Holder[] =>
    isKept(kept, today)
      ? [
          {
            ...{ ...NOTHING, kind: 'reservation', address: kept.address, label: kept.name ?? id },
            path: ['reservations', id],
            mac: kept.mac ?? null,
            owner: kept.owner ?? null,
            until: kept.until ?? null,
          },
        ]
      : [],
  )
}

/** Who answers without being told of: guests of our hosts that nobody manages, and strangers. */
function holdersSeen(topology: Topology, { sightings, macs }: Around): Holder[] {
  const byAddress = new Map<string, Sighting[]>()
  for (const each of strangersAmong(topology, sightings, macs)) {
    byAddress.set(each.address, [...(byAddress.get(each.address) ?? []), each])
  }
  return [...byAddress.values()].flatMap((all) => {
    const guests = all.filter(({ guest }) => guest !== undefined)
    // A neighbour with the guest's MAC is that guest.
    const known = new Set(guests.map(({ mac }) => mac))
    const strangers = all.filter(({ guest, mac }) => guest === undefined && !known.has(mac))
    return [...guests, ...strangers].map(toHolder)
  })
}

const toHolder = ({ address, mac, at, by, guest }: Sighting): Holder => ({
  ...{ ...NOTHING, address, mac, path: null, seen: { at, by } },
  kind: guest ? 'unmanaged' : 'stranger',
  label: guest ? `${guest.name} on ${guest.host}` : 'nobody whom the drawing tells of',
  vmid: guest?.vmid ?? null,
})

/** Kinds beside which another name of the same machine may stand, where the document does not tell of both. */
const ALIASES: Partial<Record<HolderKind, readonly HolderKind[]>> = {
  gateway: ['unmanaged'],
  service: ['unmanaged'],
  elsewhere: ['unmanaged'],
  reservation: ['vm', 'host', 'equipment', 'service', 'endpoint', 'unmanaged', 'gateway'],
}

/**
 * Whether two of them cannot both have the address. A reservation beside its holder is no clash
 * unless both tell a MAC and they differ; what the document tells of is judged as its rules do.
 */
export const clash = (topology: Topology, holders: readonly Holder[]): boolean =>
  holders.some((a, index) => holders.slice(index + 1).some((b) => !together(topology, a, b)))

function together(topology: Topology, a: Holder, b: Holder): boolean {
  if (a.use && b.use) return clashOf(topology, a.use, b.use) === 'no'
  if (a.mac !== null && b.mac !== null && (a.mac !== b.mac || a.kind !== b.kind))
    return a.mac === b.mac
  return Boolean(ALIASES[a.kind]?.includes(b.kind) || ALIASES[b.kind]?.includes(a.kind))
}

/**
 * Holders by what somebody typed: part of an address, a name, an owner, a MAC with any separators,
 * or a VMID. An empty text finds everybody.
 */
export function findHolders(holders: readonly Holder[], text: string): Holder[] {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return [...holders]
  const hex = wanted.replace(/[:.\-\s]/g, '')
  const isHex = /^[0-9a-f]{4,12}$/.test(hex) && !/^\d+(\.\d+)+$/.test(wanted)
  return holders.filter(
    ({ address, label, owner, mac, vmid, path }) =>
      address.startsWith(wanted) ||
      label.toLowerCase().includes(wanted) ||
      (owner?.toLowerCase().includes(wanted) ?? false) ||
      (path?.[1]?.includes(wanted) ?? false) ||
      String(vmid ?? '') === wanted ||
      (isHex && Boolean(mac?.replaceAll(':', '').toLowerCase().includes(hex))),
  )
}

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

const NOTHING = { mac: null, vmid: null, owner: null, until: null, seen: null }

/** Everybody who has an address, by address, then in the order of {@link HOLDER_KINDS}. */
export function listHolders(topology: Topology, around: Around): Holder[] {
  const hosts = new Set(Object.values(topology.hosts ?? {}).map(({ address }) => address))
  const told = [
    ...machines(topology),
    ...equipment(topology),
    ...others(topology),
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
  const holders = [...told, ...resolvers(topology).filter(({ address }) => !had.has(address))]
  const order = (holder: Holder) => HOLDER_KINDS.indexOf(holder.kind)
  return holders
    .map((holder) => ({ holder, number: parseIpv4(holder.address) ?? -1 }))
    .sort((a, b) => a.number - b.number || order(a.holder) - order(b.holder))
    .map(({ holder }) => holder)
}

function machines(topology: Topology): Holder[] {
  const vms = Object.entries(topology.vms ?? {}).flatMap(([id, vm]) =>
    Object.entries(vm.nics ?? {}).flatMap(([nic, { address, mac }]): Holder[] =>
      address === undefined
        ? []
        : [
            {
              ...{ ...NOTHING, address, kind: 'vm', label: vm.name ?? id },
              path: ['vms', id, 'nics', nic, 'address'],
              mac: mac ?? null,
              vmid: vm.vmid ?? null,
            },
          ],
    ),
  )
  const hosts = Object.entries(topology.hosts ?? {}).flatMap(([id, { address, bmc, name }]) => [
    ...one('host', address, name ?? id, ['hosts', id, 'address']),
    ...one('equipment', bmc?.address, `${name ?? id}, its BMC`, ['hosts', id, 'bmc', 'address']),
  ])
  return [...vms, ...hosts]
}

function equipment(topology: Topology): Holder[] {
  return [
    ...Object.entries(topology.networks ?? {}).flatMap(([id, { gateway, router }]) =>
      one('gateway', gateway, router ?? `gateway of ${id}`, ['networks', id, 'gateway']),
    ),
    ...Object.entries(topology.routers ?? {}).flatMap(([id, { address, name }]) =>
      one('equipment', address, name ?? id, ['routers', id, 'address']),
    ),
    ...Object.entries(topology.switches ?? {}).flatMap(([id, { address, name }]) =>
      one('equipment', address, name ?? id, ['switches', id, 'address']),
    ),
    ...Object.entries(topology.sites ?? {}).flatMap(([id, { wireguard, name }]) =>
      one('equipment', wireguard?.address, `tunnel of ${name ?? id}`, [
        ...['sites', id, 'wireguard', 'address'],
      ]),
    ),
  ]
}

function others(topology: Topology): Holder[] {
  return [
    ...Object.entries(topology.services ?? {}).flatMap(([id, { address, name }]) =>
      one('service', address, name ?? id, ['services', id, 'address']),
    ),
    ...Object.entries(topology.clusters ?? {}).flatMap(([id, { endpoint, name }]) =>
      one('endpoint', endpoint?.address, `endpoint of ${name ?? id}`, [
        ...['clusters', id, 'endpoint', 'address'],
      ]),
    ),
    ...Object.entries(topology.unmanaged ?? {}).flatMap(([id, { addresses, name, vmid }]) =>
      (addresses ?? []).flatMap((address) =>
        one('unmanaged', address, name ?? id, ['unmanaged', id, 'addresses']).map((holder) => ({
          ...holder,
          vmid: vmid ?? null,
        })),
      ),
    ),
  ]
}

/** Resolvers that members are given. Whoever they are, they answer there. */
function resolvers(topology: Topology): Holder[] {
  const all = Object.entries(topology.networks ?? {}).flatMap(([id, { dns }]) =>
    (dns ?? []).flatMap((address) =>
      one('equipment', address, `resolver of ${id}`, ['networks', id, 'dns']),
    ),
  )
  return all.filter(
    ({ address }, index) => all.findIndex((each) => each.address === address) === index,
  )
}

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

function one(
  kind: HolderKind,
  address: string | undefined,
  label: string,
  path: readonly string[],
): Holder[] {
  return address === undefined ? [] : [{ ...NOTHING, address, kind, label, path }]
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

/** Kinds beside which another name of the same machine may stand. */
const ALIASES: Partial<Record<HolderKind, readonly HolderKind[]>> = {
  gateway: ['equipment', 'unmanaged'],
  elsewhere: ['unmanaged'],
  endpoint: ['vm', 'service'],
  service: ['vm', 'host', 'unmanaged', 'equipment', 'gateway'],
  reservation: ['vm', 'host', 'equipment', 'service', 'endpoint', 'unmanaged', 'gateway'],
}

/**
 * Whether two of them cannot both have the address. A reservation beside its holder is no clash
 * unless both tell a MAC and they differ; several gateways of one router are one machine.
 */
export const clash = (holders: readonly Holder[]): boolean =>
  holders.some((a, index) => holders.slice(index + 1).some((b) => !together(a, b)))

function together(a: Holder, b: Holder): boolean {
  if (a.mac !== null && b.mac !== null && (a.mac !== b.mac || a.kind !== b.kind))
    return a.mac === b.mac
  if (a.kind === 'gateway' && b.kind === 'gateway') return a.label === b.label
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

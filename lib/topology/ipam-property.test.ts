import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allocate } from './allocate'
import { applyChanges } from './apply'
import type { Json } from './change'
import { isGiven, networkBlock, poolRange, takenAddresses } from './ipam'
import { contains, formatIpv4, isNetworkOrBroadcast, parseIpv4 } from './ipv4'
import { runs, SLOW } from './testing/runs'
import type { Pool, Topology } from './topology'

const PURPOSES = ['vms', 'workers', 'dhcp', 'metallb', 'reserved', 'gateway'] as const
const ROLES = ['plain', 'worker', 'control-plane'] as const

/** An address of 10.0.0.0/26 or just outside of it: small, so that everything meets. */
const near = fc.integer({ min: -2, max: 66 }).map((n) => formatIpv4(0x0a000000 + Math.max(n, 0)))
const day = fc.constantFrom(undefined, '2026-11-23', '2026-11-24', '2026-11-25')

const pool = fc
  .record({ a: near, b: near, purpose: fc.constantFrom(...PURPOSES) })
  .map(({ a, b, purpose }): Pool => {
    const [from, to] = parseIpv4(a)! <= parseIpv4(b)! ? [a, b] : [b, a]
    return { network: 'lan', from: from!, to: to!, purpose }
  })

const byId = <T>(prefix: string, all: readonly T[]): Record<string, T> =>
  Object.fromEntries(all.map((each, n) => [`${prefix}-${n}`, each]))

const vm = fc.record({
  role: fc.constantFrom(...ROLES),
  nics: fc
    .array(
      fc.record(
        { pool: fc.constantFrom('pool-0', 'pool-1'), address: near },
        { requiredKeys: [], noNullPrototype: true },
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((all) =>
      byId(
        'nic',
        all.map((nic) => ({ network: 'lan', ...nic })),
      ),
    ),
})

/** A document in which pools overlap, addresses lie anywhere and some are kept. */
const documents: fc.Arbitrary<Topology> = fc
  .record({
    prefix: fc.constantFrom(8, 24, 26, 30, 31, 32),
    gateway: fc.option(near, { nil: undefined }),
    pools: fc.array(pool, { minLength: 1, maxLength: 4 }),
    vms: fc.array(vm, { maxLength: 8 }),
    reservations: fc.array(fc.record({ address: near, until: day }), { maxLength: 4 }),
    guests: fc.array(near, { maxLength: 2 }),
  })
  .map(({ prefix, gateway, pools, vms, reservations, guests }) =>
    JSON.parse(
      JSON.stringify({
        drawbridge: 1,
        name: 'any',
        networks: { lan: { cidr: `10.0.0.0/${prefix}`, gateway } },
        pools: byId('pool', pools),
        vms: byId('vm', vms),
        reservations: byId('kept', reservations),
        unmanaged: byId(
          'guest',
          guests.map((each) => ({ kind: 'lxc', addresses: [each] })),
        ),
      }),
    ),
  )

const TODAY = '2026-11-24'
const mac = (n: number) => `BC:24:11:00:00:${n.toString(16).padStart(2, '0')}`

/** Every address that a NIC has, with its path. */
const nicAddresses = (topology: Topology) =>
  Object.entries(topology.vms ?? {}).flatMap(([id, { nics }]) =>
    Object.entries(nics ?? {}).flatMap(([nicId, { address }]) =>
      address === undefined ? [] : [{ at: `${id}/${nicId}`, address }],
    ),
  )

/** Why an address should not have been given, null if it may be. */
function whyNotGiven(before: Topology, address: string, elsewhere: readonly string[]) {
  const number = parseIpv4(address)!
  if (takenAddresses(before, elsewhere, TODAY).has(number)) return 'taken'
  const block = networkBlock(before, 'lan')!
  if (!contains(block, number)) return 'outside of the network'
  if (isNetworkOrBroadcast(block, number)) return 'network or broadcast address'
  const over = Object.values(before.pools ?? {}).find(({ purpose, ...each }) => {
    const range = isGiven(purpose) ? null : poolRange(each)
    return range !== null && contains(range, number)
  })
  return over ? `in a pool for ${over.purpose}` : null
}

test(
  'no address is given twice, nor one that is kept, seen, handed out or nobody’s to have',
  SLOW,
  () => {
    fc.assert(
      fc.property(documents, fc.array(near, { maxLength: 4 }), (topology, elsewhere) => {
        const taken = { vmids: [], macs: [], addresses: elsewhere, today: TODAY }
        const changes = allocate(topology, taken, mac)
        const given = changes.filter(({ path }) => path.at(-1) === 'address')
        for (const { to } of given) {
          expect(whyNotGiven(topology, String(to), elsewhere), String(to)).toBeNull()
        }
        expect(new Set(given.map(({ to }) => to)).size).toBe(given.length)
        const after = applyChanges(topology, changes)
        expect(allocate(after, taken, mac)).toEqual([])
      }),
      runs(300),
    )
  },
)

type Act = { kind: 'add'; role: (typeof ROLES)[number] } | { kind: 'drop'; n: number }

const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('add' as const), role: fc.constantFrom(...ROLES) }),
    fc.record({ kind: fc.constant('drop' as const), n: fc.nat({ max: 12 }) }),
  ),
  { maxLength: 24 },
)

test(
  'two drawings of one panel that are changed and saved in any order never share an address, VMID or MAC',
  SLOW,
  () => {
    const empty = (documents: Topology): Topology => ({ ...documents, vms: {} })
    fc.assert(
      fc.property(
        documents,
        fc.array(fc.tuple(fc.nat({ max: 1 }), acts), { maxLength: 6 }),
        (base, turns) => {
          const saved: [Topology, Topology] = [empty(base), empty(base)]
          let counter = 0
          for (const [who, each] of turns) {
            let draft = saved[who]!
            for (const act of each) draft = actOn(draft, act, counter++)
            const others = saved[1 - who]!
            const changes = allocate(draft, { ...usedBy(others), today: TODAY }, (n) => mac(n))
            saved[who] = applyChanges(draft, changes)
          }
          const [a, b] = saved.map(usedBy)
          for (const part of ['vmids', 'addresses', 'macs'] as const) {
            const both = [...a![part], ...b![part]]
            expect(new Set(both).size, part).toBe(both.length)
          }
        },
      ),
      runs(200),
    )
  },
)

function actOn(topology: Topology, act: Act, n: number): Topology {
  const vms = { ...topology.vms }
  if (act.kind === 'add') vms[`v${n}`] = { role: act.role, nics: { lan: { network: 'lan' } } }
  else {
    const id = Object.keys(vms)[act.n]
    if (id !== undefined) delete vms[id]
  }
  return { ...topology, vms }
}

const usedBy = (topology: Topology) => ({
  vmids: Object.values(topology.vms ?? {}).flatMap(({ vmid }) => vmid ?? []),
  addresses: nicAddresses(topology).map(({ address }) => address),
  macs: Object.values(topology.vms ?? {}).flatMap(({ nics }) =>
    Object.values(nics ?? {}).flatMap(({ mac: each }) => each ?? []),
  ),
})

test.each([
  ['10.0.0.0/31', ['10.0.0.0', '10.0.0.1']],
  ['10.0.0.7/32', ['10.0.0.7']],
  ['10.0.0.0/30', ['10.0.0.1', '10.0.0.2']],
])('%s gives %j', (cidr, expected) => {
  const document: Topology = {
    drawbridge: 1,
    name: 'edge',
    networks: { lan: { cidr } },
    pools: { all: { network: 'lan', from: '0.0.0.0', to: '255.255.255.255', purpose: 'vms' } },
    vms: Object.fromEntries(
      Array.from({ length: 4 }, (_, n) => [
        `v${n}`,
        { role: 'plain', nics: { lan: { network: 'lan' } } },
      ]),
    ) as NonNullable<Topology['vms']>,
  }
  const changes = allocate(document, { vmids: [], addresses: [], macs: [] }, mac)
  const given: Json[] = changes.flatMap(({ path, to }) =>
    path.at(-1) === 'address' && to !== undefined ? [to] : [],
  )
  expect(given).toEqual(expected)
})

test('a /8 whose first million addresses DHCP hands out is passed over at once', () => {
  const document: Topology = {
    drawbridge: 1,
    name: 'wide',
    networks: { lan: { cidr: '10.0.0.0/8' } },
    pools: {
      all: { network: 'lan', from: '10.0.0.1', to: '10.255.255.254', purpose: 'vms' },
      dhcp: { network: 'lan', from: '10.0.0.0', to: '10.250.255.255', purpose: 'dhcp' },
    },
    vms: { web: { role: 'plain', nics: { lan: { network: 'lan' } } } },
  }
  expect(
    allocate(document, { vmids: [], addresses: [], macs: [] }, mac).find(
      ({ path }) => path.at(-1) === 'address',
    )?.to,
  ).toBe('10.251.0.0')
})

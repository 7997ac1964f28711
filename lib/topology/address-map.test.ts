import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AddressMap, countUse, runsWithin, toAddressMap } from './address-map'
import { applyChanges } from './apply'
import { DARK_KNIGHT } from './blueprints/dark-knight'
import { type Around, clash, findHolders, listHolders } from './ipam-holders'
import type { Sighting } from './ipam-sighting'
import { formatIpv4, parseIpv4 } from './ipv4'
import { readTopology } from './testing/read-seed'
import { runs } from './testing/runs'
import { small } from './testing/small'
import type { Topology } from './topology'

const NOBODY: Around = { sightings: [], elsewhere: [], today: '2026-11-24' }

function mapFor(topology: Topology, network = 'lan', around = NOBODY): AddressMap {
  const map = toAddressMap(topology, network, listHolders(topology, around))
  if (!map) throw new Error(`no network ${network}`)
  return map
}

const stateAt = (map: AddressMap, address: string) => {
  const number = parseIpv4(address)!
  return map.runs.find(({ first, last }) => first <= number && number <= last)?.state
}

const stranger = (address: string, mac: string | null, more: Partial<Sighting> = {}): Sighting => ({
  ...{ address, mac, at: 1000, by: 'VM web', source: 'neighbour' },
  ...more,
})

test('every address of a network is what holds it, or what its pool is for', () => {
  const topology = applyChanges(small(), [
    { path: ['reservations', 'printer'], to: { address: '10.0.0.45', owner: 'Mum' } },
    { path: ['reservations', 'gone'], to: { address: '10.0.0.46', until: '2026-11-23' } },
    { path: ['unmanaged', 'nas'], to: { kind: 'vm', addresses: ['10.0.0.60'], vmid: 300 } },
    { path: ['networks', 'lan', 'dns'], to: ['10.0.0.53', '10.0.0.1'] },
  ])
  const map = mapFor(topology)
  const states = ['0', '1', '10', '45', '46', '53', '60', '99', '100', '200', '255'].map((last) => [
    last,
    stateAt(map, `10.0.0.${last}`),
  ])
  expect(states).toEqual([
    ['0', 'outside'],
    ['1', 'gateway'],
    ['10', 'vm'],
    ['45', 'reservation'],
    ['46', 'free'],
    ['53', 'equipment'],
    ['60', 'unmanaged'],
    ['99', 'free'],
    ['100', 'metallb'],
    ['200', 'dhcp'],
    ['255', 'outside'],
  ])
})

test('who answers and is told of nowhere is a stranger; our own MAC, a lease and a guest are not', () => {
  const around: Around = {
    ...NOBODY,
    sightings: [
      stranger('10.0.0.41', 'AA:BB:CC:00:00:01'),
      stranger('10.0.0.40', 'BC:24:11:00:00:03'),
      stranger('10.0.0.20', 'AA:BB:CC:00:00:02'),
      stranger('10.0.0.210', 'AA:BB:CC:00:00:03'),
      stranger('10.0.0.1', 'AA:BB:CC:00:00:04'),
      stranger('10.0.0.61', 'AA:BB:CC:00:00:05', {
        source: 'guest',
        guest: { vmid: 100, name: 'home-assistant', host: 'pve' },
      }),
    ],
  }
  const map = mapFor(small(), 'lan', around)
  expect(stateAt(map, '10.0.0.41')).toBe('stranger')
  expect(stateAt(map, '10.0.0.40')).toBe('vm')
  expect(stateAt(map, '10.0.0.20')).toBe('conflict')
  expect(stateAt(map, '10.0.0.210')).toBe('dhcp')
  expect(stateAt(map, '10.0.0.1')).toBe('gateway')
  expect(stateAt(map, '10.0.0.61')).toBe('unmanaged')
  expect(countUse(map)).toMatchObject({ strangers: 1, conflicts: 1 })
})

test('an address of another topology clashes with ours, one host of both does not', () => {
  const elsewhere = [
    { kind: 'vm' as const, address: '10.0.0.40', topology: null, label: 'x', vmid: 1, mac: null },
    {
      kind: 'host' as const,
      address: '10.0.0.5',
      topology: { id: 'b', name: 'Other' },
      label: 'pve',
      vmid: null,
      mac: null,
    },
  ]
  const topology = applyChanges(small(), [{ path: ['hosts', 'pve', 'address'], to: '10.0.0.5' }])
  const map = mapFor(topology, 'lan', { ...NOBODY, elsewhere })
  expect(stateAt(map, '10.0.0.40')).toBe('conflict')
  expect(stateAt(map, '10.0.0.5')).toBe('host')
})

test('a reservation for its holder is no clash, one for another MAC is', () => {
  const kept = (mac: string) =>
    applyChanges(small(), [{ path: ['reservations', 'web'], to: { address: '10.0.0.40', mac } }])
  const holders = (topology: Topology) =>
    listHolders(topology, NOBODY).filter(({ address }) => address === '10.0.0.40')
  expect(clash(small(), holders(kept('BC:24:11:00:00:03')))).toBe(false)
  expect(clash(small(), holders(kept('BC:24:11:00:00:99')))).toBe(true)
})

test.each(['10.0.0.40', 'web', 'bc24.1100.0003', 'BC-24-11-00-00-03', '202'])(
  'the holder is found by %s',
  (text) => {
    expect(findHolders(listHolders(small(), NOBODY), text).map(({ label }) => label)).toContain(
      'web',
    )
  },
)

test('a holder is not found by what it is not', () => {
  expect(findHolders(listHolders(small(), NOBODY), '10.9.')).toEqual([])
  expect(findHolders(listHolders(small(), NOBODY), '2020')).toEqual([])
})

test.each([
  '10.0.0.0/8',
  '10.0.0.0/16',
  '10.0.0.0/24',
  '10.0.0.0/30',
  '10.0.0.0/31',
  '10.0.0.1/32',
])('the runs of %s lie side by side and cover it, whatever is in it', (cidr) => {
  const address = fc.nat({ max: 40 }).map((n) => formatIpv4(0x0a000000 + n))
  const document = fc.record({
    gateway: address,
    pools: fc.array(fc.tuple(address, address, fc.constantFrom('vms', 'dhcp', 'reserved')), {
      maxLength: 4,
    }),
    kept: fc.array(address, { maxLength: 4 }),
  })
  fc.assert(
    fc.property(document, ({ gateway, pools, kept }) => {
      const topology = {
        drawbridge: 1,
        name: 'any',
        networks: { lan: { cidr, gateway } },
        pools: Object.fromEntries(
          pools.map(([from, to, purpose], n) => [`p${n}`, { network: 'lan', from, to, purpose }]),
        ),
        reservations: Object.fromEntries(kept.map((each, n) => [`r${n}`, { address: each }])),
      } as Topology
      const map = mapFor(topology)
      let next = map.block.first
      for (const run of map.runs) {
        expect(run.first).toBe(next)
        expect(run.last).toBeGreaterThanOrEqual(run.first)
        next = run.last + 1
      }
      expect(next).toBe(map.block.last + 1)
      const { size, held, handed, free } = countUse(map)
      expect(held + handed + free).toBe(size)
    }),
    runs(60),
  )
})

test('a part of a network is cut out of its runs', () => {
  const map = mapFor(small())
  const part = runsWithin(map.runs, { first: 0x0a000064, last: 0x0a000077 })
  expect(part.map(({ first, last, state }) => [first & 255, last & 255, state])).toEqual([
    [100, 119, 'metallb'],
  ])
})

test('in the blueprint nothing clashes', () => {
  const topology = readTopology(DARK_KNIGHT)
  for (const network of Object.keys(topology.networks ?? {})) {
    expect(mapFor(topology, network).runs.filter(({ state }) => state === 'conflict')).toEqual([])
  }
})

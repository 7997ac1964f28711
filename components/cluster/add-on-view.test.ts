import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { CATALOGUE } from '@/lib/catalogue/catalogue'
import { chooseAddOns } from '@/lib/catalogue/order'
import { WAYS_IN } from '@/lib/catalogue/ways-in'
import type { ObservedCluster, Seen } from '@/lib/plan/observed'
import { DARK_KNIGHT } from '@/lib/topology/blueprints/dark-knight'
import { parseTopology } from '@/lib/topology/parse'
import type { Topology } from '@/lib/topology/topology'
import { addOnRows, addOnsShown, available } from './add-on-view'
import { valuesText } from './values-text'

const ID = 'dark-knight'

function blueprint(change: (addOns: NonNullable<Addons>) => void = () => {}): Topology {
  const parsed = parseTopology(DARK_KNIGHT)
  if (!parsed.ok) throw new Error('the blueprint does not parse')
  const topology = structuredClone(parsed.topology)
  change(topology.clusters?.[ID]?.addOns ?? {})
  return topology
}
type Addons = NonNullable<Topology['clusters']>[string]['addOns']
type Releases = ObservedCluster['releases']

/** Everything that a topology wants, installed as it wants it. */
function installed(topology: Topology, change: (releases: Releases) => void = () => {}) {
  const releases: Releases = Object.fromEntries(
    chooseAddOns(topology, ID).chosen.map(({ id, namespace, release, version, valuesHash }) => [
      `${namespace}/${release}`,
      { chart: release, version, status: 'deployed', revision: 1, valuesHash, addOn: id },
    ]),
  )
  change(releases)
  return cluster({ releases })
}
const cluster = (value: Partial<ObservedCluster>): Seen<ObservedCluster> => ({
  ...{ state: 'known', at: 1 },
  value: { releases: {}, unwellPods: [], ...value } as ObservedCluster,
})
const stateOf = (topology: Topology, seen: Seen<ObservedCluster> | undefined, id: string) => {
  const row = addOnRows(topology, ID, seen).find((each) => each.id === id)
  return row ? `${row.belongs} ${row.shown.state} ${row.shown.word}` : null
}

test('what is installed as drawn is well, and said with its number', () => {
  const topology = blueprint()
  const rows = addOnRows(topology, ID, installed(topology))
  expect(new Set(rows.map(({ shown }) => shown.state))).toEqual(new Set(['ok']))
  expect(addOnsShown(rows)).toEqual({
    state: 'ok',
    sentence: 'All 12 add-ons are installed and well.',
  })
})

test('nothing is green before it was seen', () => {
  const topology = blueprint()
  for (const seen of [undefined, { state: 'unknown' as const, reason: 'no route', since: 1 }]) {
    const rows = addOnRows(topology, ID, seen)
    expect(new Set(rows.map(({ shown }) => shown.state))).toEqual(new Set(['unknown']))
    expect(addOnsShown(rows).state).toBe('unknown')
  }
  const rows = addOnRows(topology, ID, { state: 'absent', at: 1 })
  expect(addOnsShown(rows)).toEqual({
    state: 'hold',
    sentence: 'None of the drawn add-ons is installed yet.',
  })
})

test.each<[string, (releases: Releases) => void, string]>([
  [
    'a failed release',
    (all) => Object.assign(all['logging/loki']!, { status: 'failed' }),
    'on fail failed',
  ],
  [
    'one under way',
    (all) => Object.assign(all['logging/loki']!, { status: 'pending-upgrade' }),
    'on work pending-upgrade',
  ],
  [
    'another version',
    (all) => Object.assign(all['logging/loki']!, { version: '1.0.0' }),
    'on warn other version',
  ],
  [
    'other values',
    (all) => Object.assign(all['logging/loki']!, { valuesHash: 'x' }),
    'on warn other values',
  ],
  [
    'a release of somebody else',
    (all) => Object.assign(all['logging/loki']!, { valuesHash: null, addOn: null }),
    'on warn not ours',
  ],
  [
    'no release',
    (all) => {
      delete all['logging/loki']
    },
    'on hold not installed',
  ],
])('%s is told apart', (_, change, expected) => {
  const topology = blueprint()
  expect(stateOf(topology, installed(topology, change), 'loki')).toBe(expected)
})

test('a pod that is not well is its add-on’s matter', () => {
  const topology = blueprint()
  const pod = { namespace: 'longhorn-system', name: 'm-1', reason: 'CrashLoopBackOff', message: '' }
  const seen = installed(topology)
  if (seen.state === 'known') seen.value.unwellPods = [pod]
  expect(stateOf(topology, seen, 'longhorn')).toBe('on warn pods not well')
  expect(stateOf(topology, seen, 'loki')).toBe('on ok well')
})

test('what is off, left or not ours is listed as that', () => {
  const full = blueprint()
  const seen = installed(full, (all) => {
    all['default/shop'] = { ...all['logging/loki']!, addOn: null, valuesHash: null }
  })
  const topology = blueprint((addOns) => {
    addOns.promtail = { enabled: false }
    delete addOns.velero
  })
  expect(stateOf(topology, seen, 'promtail')).toBe('off warn still installed')
  expect(stateOf(topology, { state: 'absent', at: 1 }, 'promtail')).toBe('off hold off')
  expect(stateOf(topology, seen, 'velero/velero')).toBe('left warn still installed')
  expect(stateOf(topology, seen, 'default/shop')).toBe('not-ours hold deployed')
  expect(available(topology.clusters![ID]!).map(({ entry }) => entry.id)).toEqual(['velero'])
})

test('an add-on that cannot be had says why', () => {
  const topology = blueprint((addOns) => {
    addOns.nonsense = {}
  })
  expect(stateOf(topology, undefined, 'nonsense')).toBe('on fail cannot be had')
})

test('values read back as what they are, secrets by name alone', () => {
  const topology = blueprint()
  for (const { values } of chooseAddOns(topology, ID).chosen) {
    expect(parse(valuesText(values))).toEqual(values)
  }
  const odd = {
    a: ['yes', '1', ' x', 'a: b', '', '- c', null, 2, true, []],
    '10.0.0.0/8': { b: {} },
    n: [[1], { c: [2] }],
  }
  expect(parse(valuesText(odd))).toEqual(odd)
  expect(valuesText({ password: { $secret: 'grafana' } })).toBe('password: !secret grafana')
})

test('ways in lead to add-ons of the catalogue, in their namespaces, each on a port of its own', () => {
  const ports = Object.values(WAYS_IN).flatMap((ways) => ways.map(({ localPort }) => localPort))
  expect(new Set(ports).size).toBe(ports.length)
  for (const [id, ways] of Object.entries(WAYS_IN)) {
    const entry = CATALOGUE.find((each) => each.id === id)
    for (const way of ways) expect(way.namespace).toBe(entry?.namespace)
  }
})

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { applyChanges } from './apply'
import { BLUEPRINT_TEXTS } from './blueprints/texts'
import type { Json } from './change'
import { changesOf } from './edit'
import { failureDomains } from './failure-domains'
import { resolveCluster } from './resolve-cluster'
import { CODES } from './rules/cost'
import { set } from './testing/fault'
import { FAULTS } from './testing/faults'
import { readTopology, seedText } from './testing/read-seed'
import { small } from './testing/small'
import { type Topology, Topology as TopologySchema } from './topology'
import { deployable, judge, validate } from './validate'

test('a sound topology has no problems', () => expect(validate(small())).toEqual([]))

test.each(FAULTS)('%s at %s', (code, at, changes, fixed, passing = []) => {
  const faulty = applyChanges(small(), changes)
  const found = validate(faulty).find((each) => each.code === code && each.path.join('.') === at)
  expect(
    found,
    validate(faulty)
      .map((each) => `${each.code} ${each.path.join('.')}`)
      .join('\n'),
  ).toBeDefined()
  expect(found!.message).toMatch(/ - .*[.?]$/)
  expect(found!.fix !== undefined).toBe(fixed)
  if (found!.fix) {
    const after = validate(applyChanges(faulty, found!.fix.changes))
    expect(after.filter((each) => each.code === code && each.path.join('.') === at)).toEqual([])
  }
  const near = validate(applyChanges(small(), passing))
  expect(near.filter((each) => each.code === code && each.path.join('.') === at)).toEqual([])
  expect(CODES.find((each) => each.code === code)?.severities).toContain(found!.severity)
})

const nameOf = ({ code, path }: { code: string; path: readonly string[] }) =>
  `${code} ${path.join('.')}`
const RANK = ['blocker', 'warning', 'note']

/** What a fix brings beside what it removes: nothing as bad. Honest ends of a better state are told. */
function broughtByFixes(topology: Topology): string[] {
  const found = validate(topology)
  const known = new Set(found.map(nameOf))
  return found.flatMap((problem) => {
    if (!problem.fix) return []
    const fixed = applyChanges(topology, problem.fix.changes)
    const read = TopologySchema.safeParse(fixed)
    if (!read.success) return [`${nameOf(problem)} -> ${read.error.message}`]
    return validate(fixed)
      .filter(
        (each) =>
          nameOf(each) === nameOf(problem) ||
          (!known.has(nameOf(each)) &&
            RANK.indexOf(each.severity) <= RANK.indexOf(problem.severity)),
      )
      .map((each) => `${nameOf(problem)} -> ${each.severity} ${nameOf(each)}`)
  })
}

test.each(FAULTS.map(([code, at, changes]) => [code, at, changes] as const))(
  'no fix of %s at %s brings a problem that is as bad',
  (_code, _at, changes) => {
    expect(broughtByFixes(applyChanges(small(), changes))).toEqual([])
  },
)

test.each(Object.entries({ seed: seedText(), ...BLUEPRINT_TEXTS }))(
  'no fix of %s brings a problem that is as bad',
  (_name, text) => {
    expect(broughtByFixes(readTopology(text))).toEqual([])
  },
)

test('every code has a smallest failing document, and every fault a code', () => {
  const seen = new Set(FAULTS.map(([code]) => code))
  // Told by their own tests: several control planes, what was seen beside, and another day.
  const open = [
    'cluster.even-control-planes',
    'cluster.no-load-balancer',
    'host.load-unseen',
    'host.proxmox-ending',
    'template.os-ending',
  ]
  expect(
    CODES.map(({ code }) => code).filter((code) => !seen.has(code) && !open.includes(code)),
  ).toEqual([])
  expect(new Set(CODES.map(({ code }) => code)).size).toBe(CODES.length)
})

test('several control planes: an even number, no load balancer, one host', () => {
  const changes = [
    set('vms.cp-2', {
      ...small().vms!['cp-1'],
      vmid: 210,
      nics: { lan: { network: 'lan' } },
    } as Json),
    set('clusters.k8s.controlPlanes', ['cp-1', 'cp-2']),
  ]
  const found = validate(applyChanges(small(), changes))
  expect(found.map(({ code }) => code)).toEqual([
    'cluster.even-control-planes',
    'cluster.no-load-balancer',
    'cluster.host-failures',
  ])
  expect(found[2]!.message).toContain('2 control planes on 1 host survive 0 host failures')
})

test.each<[planes: number[], words: string | null]>([
  [[3], '3 control planes on 1 host survive 0 host failures - they buy upgrades'],
  [[2, 1], '3 control planes on 2 hosts survive 0 host failures'],
  [[1, 1, 1], null],
  [[2, 1, 1], '4 control planes on 3 hosts survive 0 host failures'],
  [[1, 1, 1, 1], null],
  [
    [2, 2, 1],
    '5 control planes on 3 hosts survive 1 host failure - each on a host of its own, they would survive 2.',
  ],
  [[3, 1, 1], '5 control planes on 3 hosts survive 0 host failures'],
  [[3, 2, 2], '7 control planes on 3 hosts survive 1 host failure'],
])('control planes by host %j: %s', (planes, words) => {
  const ids = planes.flatMap((n, host) => Array.from({ length: n }, (_, i) => `cp-${host}-${i}`))
  const topology = applyChanges(small(), [
    ...planes.map((_, host) => set(`hosts.h${host}`, { role: 'proxmox', connection: 'lab' })),
    ...ids.map((id) =>
      set(`vms.${id}`, { ...small().vms!['cp-1'], host: `h${id.split('-')[1]}` } as Json),
    ),
    set('clusters.k8s.controlPlanes', ids),
  ])
  const told = validate(topology).filter(({ code }) => code === 'cluster.host-failures')
  expect(told.map(({ message }) => message)).toEqual(
    words === null ? [] : [expect.stringContaining(words)],
  )
})

test('hosts of one rack are one failure domain, and are still counted as hosts', () => {
  const topology = applyChanges(small(), [
    ...['a', 'b', 'c'].flatMap((host) => [
      set(`hosts.${host}`, { role: 'proxmox', connection: 'lab', failureDomain: 'rack-1' }),
      set(`vms.cp-${host}`, { ...small().vms!['cp-1'], host } as Json),
    ]),
    set('clusters.k8s.controlPlanes', ['cp-a', 'cp-b', 'cp-c']),
  ])
  expect(
    validate(topology)
      .map(({ message }) => message)
      .join(),
  ).toContain('3 control planes on 3 hosts in 1 failure domain survive 0 failures of a domain')
})

test('three copies on one NAS are one copy', () => {
  const nas = { kind: 'nfs', content: ['images'] }
  const workers = ['a', 'b', 'c'].map((host) => `worker-${host}`)
  const topology = applyChanges(small(), [
    ...['a', 'b', 'c'].flatMap((host) => [
      set(`hosts.${host}`, { role: 'proxmox', connection: 'lab', storages: { nas } }),
      set(`vms.worker-${host}`, {
        ...small().vms!['worker-1'],
        host,
        disks: { system: { kind: 'system' }, l: { kind: 'data', sizeGib: 9, use: 'longhorn' } },
      } as Json),
    ]),
    set('clusters.k8s.workers', workers),
    set('clusters.k8s.addOns.longhorn.replicas', 3),
  ])
  expect(failureDomains(topology, workers)).toEqual(['lab:nas'])
  expect(resolveCluster(topology, 'k8s')?.workerDomains).toEqual(['lab:nas'])
  const found = validate(topology).find(({ code }) => code === 'addon.longhorn-replicas')
  expect(found?.message).toContain('3 replicas on 1 disk')
})

test('hypervisors and systems end with their day, and say so before', () => {
  const topology = applyChanges(small(), [
    set('hosts.pve.version', '8.4'),
    set('templates.ubuntu.release', '22.04'),
  ])
  const codes = (today: string) =>
    validate(topology, { today }).flatMap(({ code }) => (/proxmox|os-/.test(code) ? [code] : []))
  expect(codes('2026-05-02')).toEqual([])
  expect(codes('2026-05-03')).toEqual(['host.proxmox-ending'])
  expect(codes('2026-08-31')).toEqual(['host.proxmox-ending'])
  expect(codes('2026-09-01')).toEqual(['host.proxmox-ended'])
  expect(codes('2027-04-30')).toEqual(['host.proxmox-ended', 'template.os-ending'])
  expect(codes('2027-05-01')).toEqual(['host.proxmox-ended', 'template.os-ended'])
})

test('a guest that is written and was seen counts once', () => {
  const topology = applyChanges(small(), [
    set('unmanaged.ha', { kind: 'vm', host: 'pve', vmid: 300, memoryMib: 40_000 }),
  ])
  const seen = {
    guests: [{ vmid: 300, name: 'ha', host: 'pve' }],
    addresses: [],
    hosts: { pve: { cpus: 1, memoryMib: 20_000, storages: {} } },
  }
  expect(validate(topology).map(({ code }) => code)).toEqual(['host.memory-exceeded'])
  expect(validate(topology, { unmanaged: seen })).toEqual([])
})

test('what is not in the document counts too', () => {
  const found = validate(small(), {
    unmanaged: {
      guests: [{ vmid: 202, name: 'home-assistant', host: 'pve' }],
      addresses: [{ address: '10.0.0.40', owner: 'a printer' }],
      hosts: { pve: { cpus: 0, memoryMib: 50_000, storages: { thick: 300 } } },
    },
  })
  expect(found.map(({ code }) => code)).toEqual([
    'vmid.taken',
    'host.memory-exceeded',
    'ip.taken',
    'storage.exceeded',
  ])
  expect(found[2]!.fix?.label).toBe('Use 10.0.0.41')
})

test('a version ends with its day', () => {
  const codes = (today: string) => validate(small(), { today }).map(({ code }) => code)
  expect(codes('2027-02-27')).toEqual([])
  expect(codes('2027-02-28')).toEqual(['cluster.kubernetes-ending'])
  expect(codes('2027-06-28')).toEqual(['cluster.kubernetes-ending'])
  expect(codes('2027-06-29')).toEqual(['cluster.kubernetes-ended'])
})

test('an acknowledged warning is kept apart; a blocker cannot be acknowledged', () => {
  const warned = applyChanges(small(), [set('hosts.pve.cpuThreads', 7)])
  const [problem] = validate(warned)
  const accept = { kind: 'acknowledge', by: 'ada', reason: 'idle machines' } as const
  const accepted = applyChanges(
    warned,
    changesOf(warned, { ...accept, code: problem!.code, path: [...problem!.path] }),
  )
  expect(judge(accepted)).toMatchObject({ open: [], acknowledged: [problem] })

  const blocked = applyChanges(small(), [set('hosts.pve.connection')])
  const [blocker] = validate(blocked)
  const tried = applyChanges(
    blocked,
    changesOf(blocked, { ...accept, code: blocker!.code, path: [...blocker!.path] }),
  )
  const [still, stale] = validate(tried)
  expect(still).toEqual(blocker)
  expect(stale?.message).toContain('it is a blocker now, which nobody can accept')
  expect(deployable(validate(tried))).toBe(false)
  expect(deployable(validate(accepted))).toBe(true)
})

test('every problem is explained in docs/rules.md', () => {
  const page = readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8')
  for (const [code] of FAULTS) expect(page).toContain(`\`${code}\``)
})

test('a panel that is a VM has the address of that VM', () => {
  const inside = applyChanges(small(), [
    set('hosts.pi.runsOn', 'web'),
    set('hosts.pi.address', '10.0.0.40'),
  ])
  expect(validate(inside).map(({ code }) => code)).toEqual(['bootstrap.panel-inside'])
})

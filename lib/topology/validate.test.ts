import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { applyChanges } from './apply'
import type { Json } from './change'
import { changesOf } from './edit'
import { CODES } from './rules/cost'
import { set } from './testing/fault'
import { FAULTS } from './testing/faults'
import { small } from './testing/small'
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

test('every code has a smallest failing document, and every fault a code', () => {
  const seen = new Set(FAULTS.map(([code]) => code))
  // Told by their own tests: several control planes, and another day.
  const open = [
    'cluster.host-failures',
    'cluster.even-control-planes',
    'cluster.no-load-balancer',
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

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { applyChanges } from './apply'
import type { Json } from './change'
import { changesOf } from './edit'
import { FAULTS, set } from './testing/faults'
import { readTopology, seedText } from './testing/read-seed'
import { small } from './testing/small'
import { deployable, judge, validate } from './validate'

test('a sound topology has no problems', () => expect(validate(small())).toEqual([]))

test.each(FAULTS)('%s at %s', (code, at, changes, fixed) => {
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

test('the seed, transcribed and nothing filled in, has exactly these problems', () => {
  const found = validate(readTopology(seedText()))
  expect(found.map((each) => `${each.severity} ${each.code} ${each.path.join('.')}`)).toEqual([
    'blocker host.no-connection hosts.server.connection',
    'warning storage.overcommitted hosts.server.diskGib',
    'warning network.no-gateway networks.kubernetes.gateway',
    'warning template.no-image templates.ubuntu.image',
    'warning addon.longhorn-replicas clusters.kubernetes.addOns.longhorn.replicas',
    'warning addon.longhorn-disk clusters.kubernetes.addOns.longhorn',
    'warning cluster.kubernetes-ended clusters.kubernetes.kubernetes',
    'warning network.vlan-duplicate networks.kubernetes.vlan',
    'warning network.vlan-duplicate networks.storage.vlan',
    'warning network.vlan-duplicate networks.dmz.vlan',
    'warning network.vlan-duplicate networks.iot.vlan',
    'note cluster.host-failures clusters.kubernetes.controlPlanes',
    'note addon.ended clusters.kubernetes.addOns.ingress-nginx',
    'note addon.ended clusters.kubernetes.addOns.promtail',
  ])
  expect(found[1]!.message).toContain('1,862 GiB of disk and 2,444 GiB are promised, 1.31 times')
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
    'host.memory-exceeded',
    'storage.exceeded',
    'ip.taken',
    'vmid.taken',
  ])
  expect(found[2]!.fix?.label).toBe('Use 10.0.0.41')
})

test('a version ends with its day', () => {
  expect(validate(small(), { today: '2027-06-28' })).toEqual([])
  expect(validate(small(), { today: '2027-06-29' }).map(({ code }) => code)).toEqual([
    'cluster.kubernetes-ended',
  ])
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
  expect(validate(tried)).toEqual([blocker])
  expect(deployable(validate(tried))).toBe(false)
  expect(deployable(validate(accepted))).toBe(true)
})

test('every problem is explained in docs/document.md', () => {
  const page = readFileSync(new URL('../../docs/document.md', import.meta.url), 'utf8')
  for (const [code] of FAULTS) expect(page).toContain(`\`${code}\``)
})

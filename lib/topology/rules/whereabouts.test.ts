import { expect, test } from 'vitest'
import { applyChanges } from '../apply'
import type { Change } from '../change'
import { set } from '../testing/fault'
import { small } from '../testing/small'
import { validate } from '../validate'

const told = (changes: readonly Change[], code: RegExp) =>
  validate(applyChanges(small(), changes)).flatMap((each) =>
    code.test(each.code) ? [`${each.code} ${each.path.join('.')}`] : [],
  )
const inLan = [set('hosts.pve.network', 'lan')]
const plain = { role: 'plain', host: 'pve', template: 'ubuntu', size: 'tiny' }
const mirror = (url: string) => [
  set('clusters.k8s.registries', { hub: { registry: 'docker.io', mirror: url } }),
]

test.each<[string, Change[], string[]]>([
  [
    'a Pi-hole on the cluster, known by its address alone',
    [
      ...inLan,
      set('services.pihole', { kind: 'dns', address: '10.0.0.110', runsOn: 'k8s' }),
      set('networks.lan.dns', ['10.0.0.110']),
    ],
    ['bootstrap.cycle networks.lan.dns'],
  ],
  [
    'two resolvers on the host that asks them',
    [
      ...inLan,
      set('vms.dns-2', { ...plain, nics: { lan: { network: 'lan', address: '10.0.0.41' } } }),
      set('networks.lan.dns', ['10.0.0.40', '10.0.0.41']),
    ],
    ['bootstrap.cycle networks.lan.dns'],
  ],
  [
    'a resolver on the host, and another outside',
    [...inLan, set('networks.lan.dns', ['10.0.0.40', '9.9.9.9'])],
    [],
  ],
  [
    'a mirror on a node, by its address',
    mirror('https://10.0.0.20:5000'),
    ['bootstrap.cycle clusters.k8s.registries.hub.mirror'],
  ],
  [
    'a mirror on a node, by its name',
    [set('networks.lan.domain', 'home.arpa'), ...mirror('https://worker-1.home.arpa')],
    ['bootstrap.cycle clusters.k8s.registries.hub.mirror'],
  ],
  [
    'a mirror behind MetalLB of the cluster',
    mirror('http://10.0.0.101'),
    ['bootstrap.cycle clusters.k8s.registries.hub.mirror'],
  ],
  ['a mirror on another machine', mirror('http://10.0.0.60'), []],
  [
    'a name server that runs on the VM with its address',
    [set('services.dns', { kind: 'dns', address: '10.0.0.40', neededBy: ['panel'] })],
    ['bootstrap.cycle services.dns.neededBy'],
  ],
])('%s', (_name, changes, expected) => {
  expect(told(changes, /^bootstrap/)).toEqual(expected)
})

const pbs = (rest: object) => [
  set('services.pbs', { kind: 'backup', ...rest }),
  set('vms.web.backup', { service: 'pbs' }),
]
const nas = set('hosts.pve.storages.nas', { kind: 'nfs', content: ['images'], servedBy: 'pi' })
const velero = (rest: object) => [
  set('clusters.k8s.addOns.velero', {}),
  set('services.s3', { kind: 'backup', url: 'https://s3.lan', ...rest }),
]

test.each<[string, Change[], string[]]>([
  [
    'a backup server known by the address of a VM beside it',
    pbs({ address: '10.0.0.10' }),
    ['backup.same-host vms.web.backup.service'],
  ],
  [
    'a backup server on the VM itself, by its address',
    pbs({ address: '10.0.0.40' }),
    ['backup.inside vms.web.backup.service'],
  ],
  ['one that runs beside and keeps its data elsewhere', pbs({ runsOn: 'cp-1', keepsOn: 'pi' }), []],
  [
    'one that runs elsewhere and keeps its data beside',
    pbs({ runsOn: 'pi', keepsOn: 'pve' }),
    ['backup.same-host vms.web.backup.service'],
  ],
  [
    'one on a VM whose disks a NAS serves',
    [
      nas,
      set('vms.store', { ...plain, disks: { system: { kind: 'system', storage: 'nas' } } }),
      ...pbs({ runsOn: 'store' }),
    ],
    [],
  ],
  [
    'one on a cluster of the same host',
    pbs({ runsOn: 'k8s' }),
    ['backup.same-host vms.web.backup.service'],
  ],
  [
    'Velero to a guest of the only host',
    [set('unmanaged.minio', { kind: 'lxc', host: 'pve' }), ...velero({ runsOn: 'minio' })],
    ['backup.same-host services.s3.runsOn'],
  ],
  ['Velero to the machine of the panel', velero({ runsOn: 'pi' }), []],
  [
    'Velero to a bucket outside, beside a backup server for VMs on a node',
    [set('services.pbs', { kind: 'backup', runsOn: 'worker-1' }), ...velero({})],
    [],
  ],
])('backups: %s', (_name, changes, expected) => {
  expect(told(changes, /^backup\.(inside|same)/)).toEqual(expected)
})

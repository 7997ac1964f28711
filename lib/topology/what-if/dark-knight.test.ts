import { expect, test } from 'vitest'
import { findEntry } from '@/lib/catalogue/catalogue'
import { DARK_KNIGHT } from '../blueprints/dark-knight'
import { readTopology } from '../testing/read-seed'
import { dependenciesOf } from './dependencies'
import { oneMore } from './one-more'
import { singlePoints } from './single-points'
import { whatIf } from './what-if'

const topology = readTopology(DARK_KNIGHT)
const dependencies = dependenciesOf(topology, (id) => findEntry(id)?.needs ?? [])
const dies = (...things: string[]) => whatIf(dependencies, { kind: 'dies', things })

// Every line was read against the architecture: one host, one disk, one switch, one load balancer.
test('what the blueprint loses with each of its objects, the worst first', () => {
  expect(singlePoints(dependencies).map(({ sentence }) => sentence)).toMatchInlineSnapshot(`
    [
      "nvme0 of pve1 dies: all 8 VMs, pve1 and cluster dark-knight stop; nothing survives; the state of dark-knight, the Longhorn volumes of dark-knight and the data of nfs-storage are lost, there is no other copy.",
      "local-lvm of pve1 dies: all 8 VMs and cluster dark-knight stop; nothing survives; the state of dark-knight, the Longhorn volumes of dark-knight and the data of nfs-storage are lost, there is no other copy.",
      "pve1 dies: all 8 VMs and cluster dark-knight stop; nothing survives; the state of dark-knight, the Longhorn volumes of dark-knight and the data of nfs-storage have no other copy.",
      "switch dies: all 8 VMs, pve1, pi, cluster dark-knight and the panel run on and are reached by nobody.",
      "kubernetes dies: 7 of 8 VMs and cluster dark-knight run on and are reached by nobody; VM nfs-storage degrades.",
      "sd of pi dies: pi and the panel stop; all 8 VMs go on.",
      "pi dies: the panel stops; all 8 VMs go on.",
      "haproxy-lb dies: the API of dark-knight stops; cluster dark-knight degrades; 7 VMs go on.",
      "nfs-storage dies: nfs-subdir-external-provisioner stops; cluster dark-knight degrades; 7 VMs go on; the data of nfs-storage has no other copy.",
      "management dies: the panel runs on and is reached by nobody; pve1 and pi degrade; all 8 VMs go on.",
      "k8s-worker-1 dies: nothing else stops; cluster dark-knight and longhorn degrade; 7 VMs go on; the Longhorn volumes on k8s-worker-1 have no other copy.",
      "k8s-worker-2 dies: nothing else stops; cluster dark-knight and longhorn degrade; 7 VMs go on; the Longhorn volumes on k8s-worker-2 have no other copy.",
      "k8s-worker-3 dies: nothing else stops; cluster dark-knight and longhorn degrade; 7 VMs go on; the Longhorn volumes on k8s-worker-3 have no other copy.",
      "router dies: nothing else stops; all 8 VMs degrade.",
      "storage dies: nothing else stops; VM nfs-storage degrades; 7 VMs go on.",
      "k8s-master-1 dies: nothing else stops; the API of dark-knight degrades; 7 VMs go on.",
      "k8s-master-2 dies: nothing else stops; the API of dark-knight degrades; 7 VMs go on.",
      "k8s-master-3 dies: nothing else stops; the API of dark-knight degrades; 7 VMs go on.",
      "backup dies: nothing else stops; velero degrades; all 8 VMs go on.",
      "local of pve1 dies: nothing else stops; all 8 VMs go on.",
      "dmz dies: nothing else stops; all 8 VMs go on.",
      "iot dies: nothing else stops; all 8 VMs go on.",
      "registry dies: nothing else stops; all 8 VMs go on.",
      "dns dies: nothing else stops; all 8 VMs go on.",
    ]
  `)
})

test('a host takes everything, and says through what', () => {
  const outcome = dies('hosts/pve1')
  const api = outcome.items.find(({ thing }) => thing.kind === 'api')
  expect(api?.chains.map((chain) => chain.map(({ thing, why }) => `${thing.name} ${why}`))).toEqual(
    [
      [
        'API of dark-knight needs 2 of 3 control planes for etcd, and 0 are left',
        'k8s-master-1 runs on pve1',
        'pve1 dies',
      ],
    ],
  )
  expect(outcome.repair).toEqual({
    possible: false,
    words: 'The panel lives and has no Proxmox host left to work on - it waits for pve1.',
  })
  expect(outcome.data.map(({ name, fate, copy, words }) => [name, fate, copy, words])).toEqual([
    [
      'the state of dark-knight',
      'out-of-reach',
      'none',
      'is in etcd on k8s-master-1, k8s-master-2 and k8s-master-3, all of them gone',
    ],
    [
      'the Longhorn volumes of dark-knight',
      'out-of-reach',
      'none',
      'have one copy each, and it is on k8s-worker-1, k8s-worker-2 and k8s-worker-3',
    ],
    ['the data of nfs-storage', 'out-of-reach', 'none', 'is on disk export: 1 TiB; no other copy'],
  ])
})

test('two control planes are one too many', () => {
  expect(dies('vms/k8s-master-1').groupOf('clusters/dark-knight/api')).toBe('degrades')
  expect(dies('vms/k8s-master-1', 'vms/k8s-master-3').sentence).toBe(
    'k8s-master-1 and k8s-master-3 die: 2 of 8 VMs and the API of dark-knight stop; cluster dark-knight degrades; 6 VMs go on.',
  )
})

test('a host that leaves for maintenance endangers no data', () => {
  const outcome = whatIf(dependencies, { kind: 'maintenance', host: 'pve1' })
  expect(outcome.sentence).toBe(
    'pve1 leaves for maintenance: all 8 VMs and cluster dark-knight stop; nothing survives.',
  )
  expect(outcome.data).toEqual([])
})

test('two more workers fit, a third needs memory', () => {
  expect(
    [1, 2, 3, 60].map((count) => oneMore(topology, { like: 'k8s-worker-1', count })?.sentence),
  ).toMatchInlineSnapshot(`
    [
      "1 more VM like k8s-worker-1 fits on pve1; the next address is 10.2.0.31; memory is there for 2; mind that on pve1 30 vCPUs are promised of 32 threads, one takes 4 and on pve1 2,444 GiB of 1,762 GiB in local-lvm are promised, one takes 200 GiB as it fills.",
      "2 more VMs like k8s-worker-1 fit on pve1; the next addresses are 10.2.0.31 and 10.2.0.32; memory is there for 2; mind that on pve1 30 vCPUs are promised of 32 threads, one takes 4 and on pve1 2,444 GiB of 1,762 GiB in local-lvm are promised, one takes 200 GiB as it fills.",
      "3 more VMs like k8s-worker-1 do not fit: 16 GiB of memory for 1 more VM, in pve1 or in another host.",
      "60 more VMs like k8s-worker-1 do not fit: 928 GiB of memory for 58 more VMs, in pve1 or in another host. 10 addresses more in pool workers of kubernetes.",
    ]
  `)
})

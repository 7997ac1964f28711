import { describe, expect, test } from 'vitest'
import type { Host, Topology, Vm } from '../topology'
import { dependenciesOf } from './dependencies'
import { type Outcome, type WhatIfEvent, whatIf } from './what-if'

const host = (id: string, more: Partial<Host> = {}): [string, Host] => [
  id,
  {
    role: 'proxmox',
    connection: 'rack',
    memoryMib: 32_768,
    reserveMemoryMib: 2048,
    network: 'lan',
    storages: {
      'local-lvm': { kind: 'lvmthin', disk: 'a' },
      nas: { kind: 'nfs' },
    },
    ...more,
  },
]

const vm = (on: string, more: Partial<Vm> = {}): Vm => ({
  role: 'plain',
  host: on,
  memoryMib: 16_384,
  nics: { lan: { network: 'lan' } },
  disks: { system: { kind: 'system', sizeGib: 20, storage: 'nas' } },
  ...more,
})

/** Three hosts of one Proxmox cluster with a shared storage, and what a test adds. */
const rack = (more: Partial<Topology> = {}): Topology => ({
  drawbridge: 1,
  name: 'rack',
  hosts: Object.fromEntries([host('a'), host('b'), host('c')]),
  networks: { lan: { cidr: '10.0.0.0/24' } },
  ...more,
})

const ask = (topology: Topology, event: WhatIfEvent): Outcome =>
  whatIf(
    dependenciesOf(topology, () => []),
    event,
  )
const dies = (topology: Topology, ...things: string[]) => ask(topology, { kind: 'dies', things })
const reasons = (outcome: Outcome, id: string) =>
  outcome.items.find(({ thing }) => thing.id === id)?.chains.map(([first]) => first?.why)

describe('HA', () => {
  test('a VM on shared storage restarts on another host, and its memory is reckoned', () => {
    const outcome = dies(rack({ vms: { web: vm('a', { ha: {} }) } }), 'hosts/a')
    expect(outcome.groupOf('vms/web')).toBe('restarts')
    expect(outcome.restarts).toMatchObject({ memoryMib: 16_384, freeMib: 61_440, fits: true })
    expect(outcome.sentence).toBe('a dies: nothing else stops; VM web restarts on other hosts.')
  })

  test('it says when there is no memory for it: Proxmox starts it all the same', () => {
    const vms = {
      web: vm('a', { ha: {} }),
      big: vm('b', { memoryMib: 30_000 }),
      large: vm('c', { memoryMib: 30_000 }),
    }
    const outcome = dies(rack({ vms }), 'hosts/a')
    expect(outcome.restarts?.fits).toBe(false)
    expect(outcome.sentence).toContain('where their memory does not fit')
  })

  test('what is free in pieces too small does not fit, although the sum would', () => {
    const ha = { ha: {}, memoryMib: 12_000 }
    const vms = {
      ...{ one: vm('a', ha), two: vm('a', { ...ha, memoryMib: 6000 }) },
      ...{ big: vm('b', { memoryMib: 20_720 }), large: vm('c', { memoryMib: 20_720 }) },
    }
    const outcome = dies(rack({ vms }), 'hosts/a')
    expect(outcome.restarts).toMatchObject({ memoryMib: 18_000, freeMib: 20_000, fits: false })
    expect(outcome.restarts?.words).toContain('in pieces too small')
  })

  test.each([
    ['a local disk', { disks: { system: { kind: 'system', storage: 'local-lvm' } } }],
    ['a GPU of its host', { gpus: ['card'] }],
    ['no HA', { ha: undefined }],
    ['HA that is switched off', { ha: { state: 'ignored' } }],
    ['a list of hosts without another', { ha: { hosts: ['a'] } }],
  ] as [string, Partial<Vm>][])('a VM with %s stays down', (_, more) => {
    const { ha, ...rest } = { ha: {}, ...more }
    const outcome = dies(
      rack({ vms: { web: vm('a', { ...(ha ? { ha } : {}), ...rest }) } }),
      'hosts/a',
    )
    expect(outcome.groupOf('vms/web')).toBe('stops')
  })

  test('of two hosts the second has no quorum: it takes over nothing and restarts itself', () => {
    const two = rack({
      hosts: Object.fromEntries([host('a'), host('b')]),
      vms: { web: vm('a', { ha: {} }), db: vm('b', { ha: {} }) },
    })
    const outcome = dies(two, 'hosts/a')
    expect(outcome.groupOf('vms/web')).toBe('stops')
    expect(outcome.groupOf('vms/db')).toBe('stops')
    const chain = outcome.items.find(({ thing }) => thing.id === 'vms/db')?.chains[0]
    expect(chain?.map(({ thing, why }) => `${thing.name} ${why}`)).toEqual([
      'db runs on b',
      'b restarts itself and starts nothing, as its guests under HA need a quorum',
      'the quorum of rack needs 2 of 2 hosts, and 1 are left',
      'a dies',
    ])
  })

  test('without HA the second host goes on without a quorum', () => {
    const two = rack({ hosts: Object.fromEntries([host('a'), host('b')]), vms: { db: vm('b') } })
    expect(dies(two, 'hosts/a').groupOf('vms/db')).toBe('survives')
  })

  test('a VM whose last other host is gone goes on and has nowhere to go', () => {
    const topology = rack({ vms: { web: vm('a', { ha: { hosts: ['a', 'b'] } }) } })
    expect(reasons(dies(topology, 'hosts/b'), 'vms/web')).toEqual([
      'has no host left that could take it over',
    ])
  })

  test('maintenance moves what is under HA', () => {
    const topology = rack({ vms: { web: vm('a', { ha: {} }), db: vm('a') } })
    const outcome = ask(topology, { kind: 'maintenance', host: 'a' })
    expect(outcome.groupOf('vms/web')).toBe('restarts')
    expect(outcome.groupOf('vms/db')).toBe('stops')
  })
})

describe('storage', () => {
  const ceph = (id: string) =>
    host(id, { storages: { local: { kind: 'dir', disk: 'a' }, pool: { kind: 'rbd', disk: 'b' } } })
  const cluster = rack({
    hosts: Object.fromEntries([ceph('a'), ceph('b'), ceph('c')]),
    vms: { web: vm('c', { disks: { system: { kind: 'system', sizeGib: 20, storage: 'pool' } } }) },
  })

  test('Ceph goes on with two of three copies and stops with one', () => {
    expect(dies(cluster, 'hosts/a/disks/b').groupOf('vms/web')).toBe('survives')
    expect(dies(cluster, 'hosts/a/disks/b', 'hosts/b/disks/b').groupOf('vms/web')).toBe('stops')
  })

  test('a shared storage is one, whichever host names it', () => {
    const topology = rack({ vms: { web: vm('a'), db: vm('b') } })
    const outcome = dies(topology, 'hosts/a/storages/nas')
    expect([outcome.groupOf('vms/web'), outcome.groupOf('vms/db')]).toEqual(['stops', 'stops'])
    expect(outcome.groupOf('hosts/b/storages/nas')).toBe('stops')
    expect(outcome.title).toBe('nas dies')
  })

  test('a mirror goes on with one disk, and without both it is gone', () => {
    const mirror = {
      kind: 'zfspool',
      disk: 'b',
      moreDisks: ['c'] as string[],
      spareDisks: 1,
    } as const
    const topology = rack({
      hosts: Object.fromEntries([
        host('a', { storages: { local: { kind: 'dir', disk: 'a' }, tank: mirror } }),
      ]),
      vms: { web: vm('a', { disks: { system: { kind: 'system', storage: 'tank' } } }) },
    })
    const one = dies(topology, 'hosts/a/disks/c')
    expect(one.groupOf('vms/web')).toBe('survives')
    expect(reasons(one, 'hosts/a/storages/tank')).toEqual([
      'has lost c of a and bears no further loss',
    ])
    const both = dies(topology, 'hosts/a/disks/b', 'hosts/a/disks/c')
    expect(both.data.map(({ name, fate }) => [name, fate])).toEqual([['the data of web', 'lost']])
  })

  test('a storage that a VM serves goes with that VM', () => {
    const nas = { kind: 'nfs', servedBy: 'truenas' } as const
    const topology = rack({
      hosts: Object.fromEntries(['a', 'b', 'c'].map((id) => host(id, { storages: { nas } }))),
      vms: { truenas: vm('c', { disks: {} }), web: vm('a', { ha: {} }) },
    })
    const outcome = dies(topology, 'hosts/c')
    expect(outcome.groupOf('vms/web')).toBe('stops')
    expect(
      outcome.items.find(({ thing }) => thing.id === 'vms/web')?.chains[0]?.map((s) => s.why),
    ).toEqual([
      'cannot run without disk system of web',
      'lies on nas',
      'is served by truenas',
      'runs on c',
      'dies',
    ])
  })

  test('a second disk takes only what lies on it', () => {
    const topology = rack({
      hosts: Object.fromEntries([
        host('a', {
          storages: {
            local: { kind: 'dir', disk: 'a' },
            'local-lvm': { kind: 'lvmthin', disk: 'a' },
            bulk: { kind: 'lvm', disk: 'b' },
          },
        }),
      ]),
      vms: {
        web: vm('a', { disks: { system: { kind: 'system', storage: 'local-lvm' } } }),
        files: vm('a', {
          disks: {
            system: { kind: 'system', storage: 'local-lvm' },
            data: { kind: 'data', sizeGib: 500, storage: 'bulk' },
          },
          backup: { service: 'pbs', schedule: '02:30' },
        }),
      },
      services: { pbs: { kind: 'backup' } },
    })
    const outcome = dies(topology, 'hosts/a/disks/b')
    expect(outcome.groupOf('vms/web')).toBe('survives')
    expect(outcome.data).toEqual([
      {
        id: 'vms/files/disks/data',
        name: 'the data of files',
        fate: 'lost',
        copy: 'backup',
        words: 'is on disk data: 500 GiB; a backup of 02:30 on pbs',
      },
    ])
    const both = dies(topology, 'hosts/a/disks/b', 'services/pbs')
    expect(both.data[0]).toMatchObject({ copy: 'none' })
    expect(both.data[0]?.words).toContain('its backup on pbs is gone as well')
    expect(dies(topology, 'hosts/a/disks/a').groupOf('hosts/a')).toBe('stops')
  })
})

describe('power and cables', () => {
  test('a supply takes what hangs on it alone; nothing is lost', () => {
    const topology = rack({
      ups: { left: { feeds: ['a', 'b'] }, right: { feeds: ['b'] } },
      vms: { web: vm('a'), db: vm('b') },
    })
    const outcome = dies(topology, 'ups/left')
    expect(outcome.groupOf('vms/web')).toBe('stops')
    expect(reasons(outcome, 'hosts/b')).toEqual(['has lost one of its supplies, left'])
    expect(outcome.data).toEqual([])
  })

  const wired = rack({
    switches: { core: { links: ['router', 'a'] }, edge: { links: ['core', 'b', 'c'] } },
    routers: { router: { address: '10.0.0.1' } },
    networks: { lan: { cidr: '10.0.0.0/24', gateway: '10.0.0.1', dns: ['10.0.0.1'] } },
    vms: { web: vm('a'), db: vm('b') },
  })

  test('a switch cuts off what is behind it, which runs on', () => {
    const core = dies(wired, 'switches/core')
    expect(core.sentence).toBe('core dies: all 2 VMs, a, b and c run on and are reached by nobody.')
    const edge = dies(wired, 'switches/edge')
    expect(edge.groupOf('vms/web')).toBe('survives')
    expect(edge.items.find(({ thing }) => thing.id === 'vms/db')?.cutOff).toBe(true)
  })

  test('a second cable is a second way', () => {
    const twice = {
      ...wired,
      switches: { ...wired.switches, core: { links: ['router', 'a', 'b'] } },
    }
    expect(dies(twice, 'switches/edge').groupOf('vms/db')).toBe('survives')
  })

  test('without the router machines of one network see each other', () => {
    const outcome = dies(wired, 'routers/router')
    expect(outcome.groupOf('vms/web')).toBe('degrades')
    expect(reasons(outcome, 'networks/lan')).toEqual([
      'has no way to other networks without router',
      'resolves no names without router',
    ])
  })

  test('a router that is a VM goes with its host', () => {
    const virtual = { ...wired, routers: { router: { address: '10.0.0.1', runsOn: 'db' } } }
    expect(dies(virtual, 'hosts/b').groupOf('vms/web')).toBe('degrades')
    expect(dies(virtual, 'switches/edge').groupOf('routers/router')).toBe('stops')
  })

  test('a machine whose cable nobody wrote down has one to everything', () => {
    const flat = { ...wired, switches: { sw: { links: ['b', 'router'] } } }
    expect(dies(flat, 'switches/sw').groupOf('hosts/b')).toBe('stops')
    expect(dies(flat, 'switches/sw').groupOf('hosts/a')).toBe('survives')
  })
})

describe('a cluster', () => {
  const nodes = (planes: string[], more: Partial<NonNullable<Topology['clusters']>[string]> = {}) =>
    rack({
      vms: Object.fromEntries(
        ['cp-1', 'cp-2', 'cp-3', 'w-1', 'w-2', 'lb-1', 'lb-2'].map((id, n) => [
          id,
          vm(['a', 'b', 'c'][n % 3]!, {
            disks: { system: { kind: 'system', storage: 'local-lvm' } },
            nics: { lan: { network: 'lan', address: `10.0.0.${n + 10}` } },
          }),
        ]),
      ),
      clusters: {
        k8s: {
          kubernetes: '1.34',
          podCidr: '10.244.0.0/16',
          serviceCidr: '10.96.0.0/16',
          controlPlanes: planes,
          workers: ['w-1', 'w-2'],
          ...more,
        },
      },
    })
  const api = 'clusters/k8s/api'

  test('three control planes on three hosts survive one host', () => {
    const topology = nodes(['cp-1', 'cp-2', 'cp-3'], {
      loadBalancers: ['lb-1', 'lb-2'],
      endpoint: { name: 'api.home.arpa', address: '10.0.0.99' },
    })
    expect(dies(topology, 'hosts/a').groupOf(api)).toBe('degrades')
    expect(dies(topology, 'hosts/a', 'hosts/b').groupOf(api)).toBe('stops')
  })

  test('two survive none', () => {
    expect(reasons(dies(nodes(['cp-1', 'cp-2']), 'vms/cp-2'), api)).toEqual([
      'needs 2 of 2 control planes for etcd, and 1 is left',
    ])
  })

  test('a second load balancer helps only where the address floats', () => {
    const pair = { loadBalancers: ['lb-1', 'lb-2'] }
    const floats = { ...pair, endpoint: { name: 'api.home.arpa', address: '10.0.0.99' } }
    expect(dies(nodes(['cp-1'], pair), 'vms/lb-1').groupOf(api)).toBe('stops')
    expect(dies(nodes(['cp-1'], floats), 'vms/lb-1').groupOf(api)).toBe('degrades')
  })

  test('pods go on without the API', () => {
    const outcome = dies(nodes(['cp-1']), 'vms/cp-1')
    expect(outcome.groupOf('clusters/k8s')).toBe('degrades')
    expect(reasons(outcome, 'clusters/k8s')).toEqual([
      'goes on as it is; without its API nothing is started, moved or deployed',
    ])
  })
})

describe('the panel', () => {
  const withPanel = (more: Partial<Topology>) =>
    rack({
      hosts: Object.fromEntries([host('a'), ['pi', { role: 'panel', network: 'lan' }]]),
      ...more,
    })

  test('cannot repair without what it needs', () => {
    const topology = withPanel({
      vms: { git: vm('a') },
      services: { forge: { kind: 'git', runsOn: 'git', neededBy: ['panel'] } },
    })
    const outcome = dies(topology, 'vms/git')
    expect(outcome.repair).toEqual({
      possible: false,
      words:
        'The panel needs forge to repair anything, and it is gone - bring it back by hand first.',
    })
  })

  test('has no way over a router that is gone', () => {
    const topology = withPanel({
      hosts: Object.fromEntries([host('a'), ['pi', { role: 'panel', network: 'office' }]]),
      networks: {
        lan: { cidr: '10.0.0.0/24', gateway: '10.0.0.1', router: 'router' },
        office: { cidr: '10.1.0.0/24', gateway: '10.1.0.1', router: 'router' },
      },
      routers: { router: {} },
    })
    expect(dies(topology, 'routers/router').repair.possible).toBe(false)
  })
})

test('Longhorn makes copies anew only where a node is left for them', () => {
  const worker = (on: string) =>
    vm(on, {
      role: 'worker',
      disks: { l: { kind: 'data', use: 'longhorn', sizeGib: 9, storage: 'local-lvm' } },
    })
  const words = (replicas: number) => {
    const clusters = {
      k: {
        ...{ kubernetes: '1.36', podCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/16' },
        controlPlanes: ['cp'],
        workers: ['w1', 'w2', 'w3'],
        addOns: { longhorn: { replicas } },
      },
    }
    const workers = { w1: worker('a'), w2: worker('b'), w3: worker('c') }
    const vms = { cp: vm('c', { role: 'control-plane' }), ...workers }
    return reasons(dies(rack({ vms, clusters }), 'hosts/a'), 'clusters/k/addOns/longhorn')
  }
  expect(words(2)).toEqual([
    'has lost the copies on w1 and makes them anew elsewhere, 2 of each volume',
  ])
  expect(words(3)).toEqual([
    'has lost the copies on w1 and has 2 of 3 of each volume until they are back',
  ])
})

test('a panel in a container goes with the host of the container', () => {
  const topology = rack({ unmanaged: { ct: { kind: 'lxc', host: 'a' } } })
  topology.hosts = { ...topology.hosts, pi: { role: 'panel', runsOn: 'ct' } }
  const outcome = dies(topology, 'hosts/a')
  expect(outcome.groupOf('panel')).toBe('stops')
  expect(outcome.repair.possible).toBe(false)
})

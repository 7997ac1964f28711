import { expect, test } from 'vitest'
import type { Proxmox } from './proxmox'
import { against, answering } from './testing/stubbed'

// Answers as PVE 8.4.21 gave them (recorded 2026-11-23), cut to what is read; those of disks, apt and
// certificates as PVE's source makes them (PVE/API2/Disks.pm, APT.pm, Certificates.pm).

const reading = async (table: Record<string, unknown>): Promise<Proxmox> =>
  (await against(answering(table))).proxmox

test('staged changes of a node stand beside its interfaces', async () => {
  const { proxmox } = await against(() => ({
    body: {
      changes: '--- /etc/network/interfaces\n+++ /etc/network/interfaces.new\n',
      data: [
        {
          ...{ autostart: 1, bridge_fd: '0', bridge_ports: 'eno1', iface: 'vmbr0', type: 'bridge' },
          ...{ families: ['inet'], cidr: '10.99.0.1/24', gateway: '10.99.0.254', active: 1 },
          ...{ priority: 4, comments: 'lab\n' },
        },
        { iface: 'vmbr0.20', type: 'vlan', families: ['inet'], priority: 7 },
        { iface: 'bond0', type: 'bond', slaves: 'eno2 eno3', mtu: '9000' },
      ],
    },
  }))
  const { interfaces, staged } = await proxmox.network.read('pve1')
  expect(staged).toContain('interfaces.new')
  expect(interfaces).toMatchObject([
    { name: 'vmbr0', ports: ['eno1'], comments: 'lab', active: true, gateway: '10.99.0.254' },
    { name: 'vmbr0.20', rawDevice: 'vmbr0', gateway: null },
    { name: 'bond0', ports: ['eno2', 'eno3'], mtu: 9000 },
  ])
  expect(interfaces[0]?.raw).not.toHaveProperty('priority')
  const quiet = await reading({ 'GET /nodes/pve1/network': [] })
  expect(await quiet.network.read('pve1')).toEqual({ interfaces: [], staged: null })
})

test('what is staged of the SDN stands over what runs', async () => {
  const proxmox = await reading({
    'GET /cluster/sdn/zones': [
      { zone: 'lab', digest: null, state: 'new', type: 'vlan', pending: { bridge: 'vmbr0' } },
      { zone: 'simp', type: 'simple', ipam: 'pve', nodes: 'pve1,pve2' },
    ],
    'GET /cluster/sdn/vnets': [
      { state: 'deleted', zone: 'lab', tag: 10, vnet: 'vmgmt', pending: {}, alias: 'mgmt' },
      { pending: { alias: 'x' }, vnet: 'vsimple', zone: 'simp', state: 'changed' },
      { digest: null, state: 'new', vnet: 'vnew', pending: { tag: 11, zone: 'lab' } },
    ],
    'GET /cluster/sdn/vnets/vsimple/subnets': [
      {
        ...{ network: '10.30.0.0', mask: '24', gateway: '10.30.0.1', type: 'subnet', snat: 1 },
        ...{ subnet: 'simp-10.30.0.0-24', vnet: 'vsimple', zone: 'simp' },
      },
    ],
    'GET /nodes/pve1/sdn/zones': [{ zone: 'lab', status: 'pending' }],
  })
  expect(await proxmox.sdn.zones()).toMatchObject([
    { zone: 'lab', bridge: 'vmbr0', state: 'new', nodes: [] },
    { zone: 'simp', ipam: 'pve', state: null, nodes: ['pve1', 'pve2'] },
  ])
  expect(await proxmox.sdn.vnets()).toMatchObject([
    { vnet: 'vmgmt', state: 'deleted', tag: 10 },
    { vnet: 'vsimple', state: 'changed', alias: 'x' },
    { vnet: 'vnew', state: 'new', zone: 'lab', tag: 11 },
  ])
  expect(await proxmox.sdn.subnets('vsimple')).toEqual([
    expect.objectContaining({ cidr: '10.30.0.0/24', snat: true, state: null }),
  ])
  expect(await proxmox.sdn.nodeZones('pve1')).toEqual([{ zone: 'lab', status: 'pending' }])
})

test('a rule without enable is off, and options that are not there are defaults', async () => {
  const proxmox = await reading({
    'GET /cluster/firewall/options': { digest: 'da39' },
    'GET /nodes/pve1/firewall/options': { digest: 'da39' },
    'GET /nodes/pve2/firewall/options': { enable: 0 },
    'GET /nodes/pve1/qemu/202/firewall/options': { macfilter: 1, enable: 1, ipfilter: 1 },
    'GET /nodes/pve1/qemu/202/firewall/rules': [
      {
        ...{ type: 'in', comment: 'kube api', action: 'ACCEPT', digest: 'f3', iface: 'net0' },
        ...{ dport: '6443', proto: 'tcp', pos: 0 },
      },
      { enable: 1, pos: 1, digest: 'f3', action: 'web', type: 'group' },
    ],
    'GET /cluster/firewall/ipset/k8s': [{ cidr: '10.99.0.50' }, { cidr: '10.99.0.51', nomatch: 1 }],
  })
  const vm = { of: 'vm', node: 'pve1', vmid: 202 } as const
  expect(await proxmox.firewall.options({ of: 'cluster' })).toMatchObject({
    ...{ enabled: false, policyIn: null, digest: 'da39' },
  })
  const ofNode = (node: string) => proxmox.firewall.options({ of: 'node', node })
  expect([(await ofNode('pve1')).enabled, (await ofNode('pve2')).enabled]).toEqual([true, false])
  expect(await proxmox.firewall.options(vm)).toMatchObject({ enabled: true, ipFilter: true })
  expect(await proxmox.firewall.rules(vm)).toMatchObject([
    { position: 0, enabled: false, port: '6443', interface: 'net0' },
    { position: 1, enabled: true, direction: 'group', action: 'web' },
  ])
  expect(await proxmox.firewall.ipSetEntries({ of: 'cluster' }, 'k8s')).toMatchObject([
    { cidr: '10.99.0.50', except: false },
    { cidr: '10.99.0.51', except: true },
  ])
})

test('HA is told by its lines, groups in 8 and rules in 9', async () => {
  const table = {
    'GET /cluster/ha/status/current': [
      { type: 'quorum', status: 'OK', id: 'quorum', quorate: 1, node: 'pve1' },
      { type: 'master', node: 'pve2', status: 'pve2 (active)' },
      { type: 'lrm', node: 'pve1', status: 'pve1 (idle)' },
      {
        ...{ type: 'service', sid: 'vm:201', node: 'pve1', state: 'queued' },
        ...{ request_state: 'started', status: 'vm:201 (pve1, queued)' },
      },
    ],
    'GET /cluster/ha/resources': [{ sid: 'vm:201', state: 'started', max_restart: 2, type: 'vm' }],
    'GET /cluster/ha/groups': [{ group: 'g1', nodes: 'pve1:2,pve2', nofailback: 1 }],
  }
  const eight = await reading(table)
  expect(await eight.ha.placement()).toBe('groups')
  expect(await eight.ha.status()).toMatchObject({
    ...{ quorate: true, master: 'pve2', nodes: [{ node: 'pve1' }] },
    services: [{ sid: 'vm:201', state: 'queued', wanted: 'started' }],
  })
  expect(await eight.ha.resources()).toMatchObject([{ maxRestart: 2, maxRelocate: 1, group: null }])
  expect(await eight.ha.groups()).toMatchObject([
    {
      nodes: [
        { node: 'pve1', priority: 2 },
        { node: 'pve2', priority: null },
      ],
      noFailback: true,
    },
  ])
  const nine = await reading({
    'GET /cluster/ha/rules': [
      { rule: 'a', type: 'node-affinity', nodes: 'pve1:1', resources: 'vm:1,vm:2', strict: 1 },
      { rule: 'b', type: 'resource-affinity', affinity: 'negative', resources: 'vm:1', disable: 1 },
    ],
  })
  expect(await nine.ha.placement()).toBe('rules')
  expect(await nine.ha.rules()).toMatchObject([
    { kind: 'node-affinity', resources: ['vm:1', 'vm:2'], strict: true, enabled: true },
    { kind: 'resource-affinity', apart: true, enabled: false },
  ])
})

test('a disk tells what is left, the driver what is worn', async () => {
  const proxmox = await reading({
    'GET /nodes/pve1/disks/list': [
      {
        devpath: '/dev/nvme0n1',
        type: 'nvme',
        wearout: 97,
        health: 'PASSED',
        size: 2e12,
        used: 'LVM',
      },
      { devpath: '/dev/sda', type: 'hdd', wearout: 'N/A', health: 'FAILED', size: '4000787030016' },
      { devpath: '/dev/sdb', type: 'unknown', health: 'UNKNOWN', size: 1 },
    ],
    'GET /nodes/pve1/disks/smart': {
      ...{ health: 'PASSED', type: 'ata', wearout: 100 },
      attributes: [{ id: '  5', name: 'Reallocated_Sector_Ct', raw: '3', fail: '-', value: '100' }],
    },
    'GET /nodes/pve1/disks/lvmthin': [
      {
        ...{ lv: 'data', vg: 'pve', lv_size: 1000, used: 850, metadata_size: 100 },
        metadata_used: '12',
      },
    ],
    'GET /nodes/pve1/disks/zfs': [
      { name: 'tank', health: 'DEGRADED', size: 10, alloc: 4, free: 6, frag: 3, dedup: 1 },
    ],
    'GET /nodes/pve1/disks/zfs/tank': {
      ...{
        name: 'tank',
        state: 'DEGRADED',
        status: 'One or more devices ...',
        errors: 'No known data errors',
      },
      children: [
        {
          name: 'tank',
          children: [
            {
              name: 'mirror-0',
              children: [
                { name: 'sda', state: 'ONLINE', read: 0, write: 0, cksum: '2' },
                { name: 'sdb', state: 'FAULTED', read: 5, write: 0, cksum: 0 },
              ],
            },
          ],
        },
      ],
    },
  })
  expect(await proxmox.disks.list('pve1')).toMatchObject([
    { kind: 'nvme', wearPercent: 3, healthy: true, use: 'LVM' },
    { kind: 'hdd', wearPercent: null, healthy: false, sizeBytes: 4_000_787_030_016 },
    { kind: 'unknown', wearPercent: null, healthy: null },
  ])
  expect(await proxmox.disks.smart('pve1', '/dev/sda')).toMatchObject({
    ...{ healthy: true, wearPercent: 0 },
    attributes: [{ id: 5, raw: '3', failing: false }],
  })
  expect(await proxmox.disks.thinPools('pve1')).toEqual([
    {
      ...{ name: 'pve/data', sizeBytes: 1000, usedBytes: 850 },
      ...{ metadataSizeBytes: 100, metadataUsedBytes: 12 },
    },
  ])
  expect(await proxmox.disks.zfsPools('pve1')).toMatchObject([{ name: 'tank', usedBytes: 4 }])
  expect((await proxmox.disks.zfsPool('pve1', 'tank')).devices).toEqual([
    { name: 'sda', state: 'ONLINE', errors: 2 },
    { name: 'sdb', state: 'FAULTED', errors: 5 },
  ])
})

test('what stands in the way of a migration is named, whatever Perl made of an empty list', async () => {
  const disk = { size: 8_589_934_592, volid: 'local:202/vm-202-disk-1.raw', cdrom: 0 }
  const proxmox = await reading({
    'GET /nodes/pve1/qemu/202/migrate': {
      ...{ running: 1, allowed_nodes: [], not_allowed_nodes: [], local_resources: ['hostpci0'] },
      ...{ local_disks: [{ ...disk, drivename: 'scsi2' }], 'mapped-resources': [] },
    },
    'GET /nodes/pve2/qemu/400/migrate': {
      ...{ running: 0, allowed_nodes: ['pve1'], local_resources: [], local_disks: [] },
      not_allowed_nodes: { pve3: { unavailable_storages: ['nfs'] }, pve1: {} },
    },
  })
  expect(await proxmox.checkMigration('pve1', 202)).toMatchObject({
    ...{ running: true, notAllowed: {}, localResources: ['hostpci0'] },
    localDisks: [{ drive: 'scsi2', sizeBytes: 8_589_934_592, cdrom: false }],
  })
  expect(await proxmox.checkMigration('pve2', 400, 'pve1')).toMatchObject({
    ...{ allowedNodes: ['pve1'], notAllowed: { pve3: ['nfs'], pve1: [] } },
  })
})

test('backups come newest first, jobs with what they take', async () => {
  const proxmox = await reading({
    'GET /nodes/pve1/storage/pbs/content': [
      { volid: 'pbs:backup/vm/1/a', ctime: 10, size: 5, vmid: 1, verification: { state: 'ok' } },
      { volid: 'pbs:backup/vm/1/b', ctime: 20, size: 5, vmid: 1, protected: 1, notes: 'n' },
    ],
    'GET /cluster/backup': [
      {
        ...{ id: 'a', schedule: 'sun 02:00', all: 1, exclude: '100,101', mode: 'snapshot' },
        'prune-backups': { 'keep-last': '3' },
      },
      { id: 'b', schedule: 'daily', vmid: '202,203', enabled: 0, 'prune-backups': 'keep-all=1' },
      { id: 'c', schedule: 'daily', pool: 'k8s' },
    ],
    'GET /cluster/backup-info/not-backed-up': [
      { vmid: 310, name: 'p1', type: 'qemu' },
      { vmid: 100, type: 'lxc' },
    ],
  })
  expect(await proxmox.backups.list('pve1', 'pbs', 1)).toMatchObject([
    { volid: 'pbs:backup/vm/1/b', at: 20_000, protected: true, verified: null },
    { volid: 'pbs:backup/vm/1/a', verified: true },
  ])
  expect(await proxmox.backupJobs.list()).toMatchObject([
    { id: 'a', enabled: true, scope: { kind: 'all', except: [100, 101] }, keep: 'keep-last=3' },
    { id: 'b', enabled: false, scope: { kind: 'vms', vmids: [202, 203] }, keep: 'keep-all=1' },
    { id: 'c', scope: { kind: 'pool', pool: 'k8s' } },
  ])
  expect(await proxmox.backupJobs.notBackedUp()).toEqual([
    { vmid: 100, name: null, kind: 'lxc' },
    { vmid: 310, name: 'p1', kind: 'qemu' },
  ])
})

test('the cluster, its pools, devices, certificates and packages', async () => {
  const proxmox = await reading({
    'GET /cluster/status': [
      { type: 'cluster', name: 'rack', quorate: 0, nodes: 3, id: 'cluster' },
      { type: 'node', name: 'pve1', ip: '10.99.0.1', online: 1, local: 1, nodeid: 1 },
      { type: 'node', name: 'pve2', ip: null, online: 0, local: 0 },
    ],
    'GET /cluster/options': { 'next-id': 'lower=200,upper=299', mac_prefix: 'BC:24:11' },
    'GET /cluster/nextid': '100',
    'GET /pools/k8s': {
      comment: 'cluster',
      members: [
        { vmid: 202, type: 'qemu', id: 'qemu/202' },
        { vmid: 201, type: 'qemu' },
        { storage: 'nfs', type: 'storage' },
      ],
    },
    'GET /cluster/mapping/pci': [
      {
        ...{ id: 'gpu', description: 'd' },
        map: ['id=10de:2704,iommugroup=12,node=pve1,path=0000:01:00.0,subsystem-id=1043:88ec'],
        checks: [{ severity: 'error', message: 'PCI device not found' }],
      },
    ],
    'GET /cluster/mapping/usb': [
      { id: 'stick', map: ['id=0658:0200,node=pve1,path=1-1.4'], error: null },
    ],
    'GET /nodes/pve1/certificates/info': [
      {
        ...{
          filename: 'pve-ssl.pem',
          fingerprint: 'AA:BB',
          subject: '/CN=pve1.lan',
          issuer: '/CN=CA',
        },
        ...{ notbefore: 1_700_000_000, notafter: '1800000000', san: ['127.0.0.1', 'pve1.lan'] },
      },
    ],
    'GET /nodes/pve1/apt/update': [
      {
        Package: 'pve-manager',
        OldVersion: '9.0.1',
        Version: '9.0.3',
        Origin: 'Proxmox',
        Title: 't',
      },
    ],
    'GET /nodes/pve1/apt/versions': [
      {
        ...{ Package: 'proxmox-ve', OldVersion: '9.0.0', Version: '9.0.1' },
        ...{ CurrentState: 'Installed', RunningKernel: '6.14.8-2-pve' },
      },
    ],
  })
  expect(await proxmox.cluster.status()).toMatchObject({
    ...{ name: 'rack', quorate: false },
    nodes: [
      { node: 'pve1', address: '10.99.0.1' },
      { node: 'pve2', online: false },
    ],
  })
  expect((await proxmox.cluster.options()).nextId).toEqual({ from: 200, to: 299 })
  expect(await proxmox.cluster.nextId()).toBe(100)
  expect(await proxmox.pools.get('k8s')).toMatchObject({ vmids: [201, 202], storages: ['nfs'] })
  expect(await proxmox.mappings.listPci('pve1')).toMatchObject([
    {
      places: [{ node: 'pve1', path: '0000:01:00.0', iommuGroup: 12, subsystemId: '1043:88ec' }],
      faults: ['PCI device not found'],
    },
  ])
  expect(await proxmox.mappings.listUsb()).toMatchObject([
    { places: [{ id: '0658:0200', path: '1-1.4' }], faults: [] },
  ])
  expect(await proxmox.certificates.list('pve1')).toMatchObject([
    { names: ['127.0.0.1', 'pve1.lan'], validTo: 1_800_000_000_000 },
  ])
  expect(await proxmox.updates.list('pve1')).toMatchObject([{ from: '9.0.1', to: '9.0.3' }])
  expect(await proxmox.updates.versions('pve1')).toMatchObject([
    { version: '9.0.0', runningKernel: '6.14.8-2-pve' },
  ])
})

test('what a guest agent says of its guest', async () => {
  const agent = (command: string) => `GET /nodes/pve1/qemu/100/agent/${command}`
  const proxmox = await reading({
    [agent('get-osinfo')]: {
      result: { machine: 'x86_64', 'kernel-release': '6.1.0-56-cloud-amd64', id: 'debian' },
    },
    [agent('get-host-name')]: { result: { 'host-name': 'tmpl' } },
    [agent('get-time')]: { result: 1_795_426_975_966_368_000 },
    [agent('get-fsinfo')]: {
      result: [
        {
          ...{ type: 'ext4', mountpoint: '/', 'total-bytes': 100, 'used-bytes': 40 },
          disk: [{ dev: '/dev/sda', bus: 1 }, { bus: 2 }],
        },
        { type: 'vfat', mountpoint: '/boot/efi', disk: [] },
      ],
    },
    [agent('file-read')]: { 'bytes-read': 8, content: 'hi there' },
    'POST /nodes/pve1/qemu/100/agent/fsfreeze-status': { result: 'thawed' },
    'POST /nodes/pve1/qemu/100/agent/fsfreeze-freeze': { result: 3 },
  })
  expect(await proxmox.agentOs('pve1', 100)).toMatchObject({ id: 'debian', version: null })
  expect(await proxmox.agentHostName('pve1', 100)).toBe('tmpl')
  expect(await proxmox.agentTime('pve1', 100)).toBe(1_795_426_975_966)
  expect(await proxmox.agentFilesystems('pve1', 100)).toEqual([
    { mountpoint: '/', type: 'ext4', totalBytes: 100, usedBytes: 40, devices: ['/dev/sda'] },
    { mountpoint: '/boot/efi', type: 'vfat', totalBytes: null, usedBytes: null, devices: [] },
  ])
  expect(await proxmox.agentReadFile('pve1', 100, '/tmp/x')).toEqual({
    ...{ content: 'hi there', truncated: false },
  })
  expect(await proxmox.agentFrozen('pve1', 100)).toBe(false)
  expect(await proxmox.agentFreeze('pve1', 100)).toBe(3)
})

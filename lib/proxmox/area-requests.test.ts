import { expect, test } from 'vitest'
import { Secret } from '@/lib/base/secret'
import { importedDrive } from './drive'
import type { Proxmox } from './proxmox'
import { against } from './testing/stubbed'

const UPID = 'UPID:pve1:1:2:3:x:1:u:'

/** What a call sends: method and path, and its parameters, from wherever they stand. */
async function sent(call: (proxmox: Proxmox) => Promise<unknown>, data: unknown = UPID) {
  const { stub, proxmox } = await against(() => ({ body: { data } }))
  await call(proxmox)
  const request = stub.requests.at(-1)
  const json = String(request?.headers['content-type']).includes('json')
  return [
    `${request?.method} ${decodeURIComponent(request?.path ?? '')}`,
    json
      ? JSON.parse(request?.body ?? '')
      : Object.fromEntries([
          ...new URLSearchParams(request?.body),
          ...(request?.query ?? new URLSearchParams()),
        ]),
  ]
}

test.each<[string, (p: Proxmox) => Promise<unknown>, string, Record<string, unknown>]>([
  [
    'a snapshot with memory',
    (p) => p.createSnapshot('pve1', 1, 'a', 'd', { memory: true }),
    'POST /nodes/pve1/qemu/1/snapshot',
    { snapname: 'a', description: 'd', vmstate: '1' },
  ],
  [
    'a linked clone, which must not name a storage',
    (p) =>
      p.cloneVm('pve1', { templateVmid: 9, vmid: 1, name: 'n', description: 'd', linked: true }),
    'POST /nodes/pve1/qemu/9/clone',
    { newid: '1', name: 'n', description: 'd', full: '0' },
  ],
  [
    'a live migration with local disks',
    (p) => p.migrateVm('pve1', 1, { target: 'pve2', online: true, withLocalDisks: true }),
    'POST /nodes/pve1/qemu/1/migrate',
    { target: 'pve2', online: '1', 'with-local-disks': '1' },
  ],
  [
    'a backup',
    (p) =>
      p.backups.start('pve1', {
        ...{ vmids: [1, 2], storage: 'pbs', mode: 'snapshot', compress: 'zstd', protected: true },
        ...{ notes: '{{guestname}}', keep: { last: 3, daily: 7 } },
      }),
    'POST /nodes/pve1/vzdump',
    {
      ...{ vmid: '1,2', storage: 'pbs', mode: 'snapshot', compress: 'zstd', protected: '1' },
      ...{ 'notes-template': '{{guestname}}', 'prune-backups': 'keep-last=3,keep-daily=7' },
    },
  ],
  [
    'a restore beside the original',
    (p) =>
      p.backups.restore('pve1', {
        ...{ vmid: 5, archive: 'pbs:backup/vm/1/a', storage: 'lvm', unique: true },
        set: { description: 'marker' },
      }),
    'POST /nodes/pve1/qemu',
    { vmid: '5', archive: 'pbs:backup/vm/1/a', storage: 'lvm', unique: '1', description: 'marker' },
  ],
  [
    'a backup job that took all and takes two',
    (p) =>
      p.backupJobs.replace('j', {
        ...{ schedule: 'daily', storage: 'pbs', scope: { kind: 'vms', vmids: [1, 2] } },
      }),
    'PUT /cluster/backup/j',
    {
      ...{ schedule: 'daily', storage: 'pbs', vmid: '1,2', enabled: '1' },
      delete: 'node,mode,compress,prune-backups,comment,notes-template,all,exclude,pool',
    },
  ],
  [
    'a sum beside a download',
    (p) =>
      p.downloadUrl('pve1', 'local', {
        ...{ kind: 'iso', name: 'a.iso', url: 'https://x/a.iso', sha256: null },
        checksum: { algorithm: 'sha512', value: 'ff' },
      }),
    'POST /nodes/pve1/storage/local/download-url',
    {
      ...{ content: 'iso', filename: 'a.iso', url: 'https://x/a.iso' },
      ...{ checksum: 'ff', 'checksum-algorithm': 'sha512' },
    },
  ],
  [
    'a mapping, whose places are an array',
    (p) =>
      p.mappings.createPci({
        ...{ id: 'gpu', description: '', mediated: false },
        places: [{ node: 'pve1', path: '0000:01:00', id: '10de:2704' }],
      }),
    'POST /cluster/mapping/pci',
    { id: 'gpu', description: '', mdev: false, map: ['id=10de:2704,node=pve1,path=0000:01:00'] },
  ],
  [
    'a subnet with a range',
    (p) =>
      p.sdn.createSubnet('v', '10.0.0.0/24', {
        dhcpRanges: [{ start: '10.0.0.5', end: '10.0.0.9' }],
      }),
    'POST /cluster/sdn/vnets/v/subnets',
    {
      ...{ subnet: '10.0.0.0/24', type: 'subnet' },
      'dhcp-range': ['start-address=10.0.0.5,end-address=10.0.0.9'],
    },
  ],
  [
    'a firewall rule, which is on unless it says otherwise',
    (p) =>
      p.firewall.addRule(
        { of: 'vm', node: 'pve1', vmid: 1 },
        { direction: 'in', action: 'ACCEPT', protocol: 'tcp', port: '6443' },
      ),
    'POST /nodes/pve1/qemu/1/firewall/rules',
    { type: 'in', action: 'ACCEPT', enable: '1', proto: 'tcp', dport: '6443' },
  ],
  [
    'a firewall rule is removed with the digest of what was read',
    (p) => p.firewall.removeRule({ of: 'cluster' }, 3, 'abc'),
    'DELETE /cluster/firewall/rules/3',
    { digest: 'abc' },
  ],
  [
    'a network of a set, whose slash is no path',
    (p) => p.firewall.removeFromIpSet({ of: 'cluster' }, 'k8s', '10.0.0.0/24'),
    'DELETE /cluster/firewall/ipset/k8s/10.0.0.0/24',
    {},
  ],
  [
    'a rule of PVE 9 that keeps VMs apart',
    (p) =>
      p.ha.createRule({
        ...{ rule: 'apart', kind: 'resource-affinity', apart: true, enabled: true, comment: '' },
        resources: ['vm:1', 'vm:2'],
      }),
    'POST /cluster/ha/rules',
    { rule: 'apart', type: 'resource-affinity', affinity: 'negative', resources: 'vm:1,vm:2' },
  ],
  [
    'a VM deleted out of its jobs too',
    (p) => p.deleteVm('pve1', 1, { purge: true }),
    'DELETE /nodes/pve1/qemu/1',
    { purge: '1' },
  ],
  [
    'tags that are all taken away',
    (p) => p.setTags('pve1', 1, []),
    'PUT /nodes/pve1/qemu/1/config',
    { delete: 'tags' },
  ],
  [
    'input of a command in the guest',
    (p) => p.agentStart('pve1', 1, ['/bin/sh', '-c', 'cat'], 'hello'),
    'POST /nodes/pve1/qemu/1/agent/exec',
    { command: ['/bin/sh', '-c', 'cat'], 'input-data': 'hello' },
  ],
])('%s', async (_name, call, where, params) => {
  expect(await sent(call, where.includes('/exec') ? { pid: 1 } : UPID)).toEqual([where, params])
})

test('whatever a name holds, it stays one part of the path', async () => {
  const { stub, proxmox } = await against(() => ({ body: { data: null } }))
  await proxmox.pools.remove('../../access/users')
  expect(stub.requests[0]?.path).toBe('/pools/..%2F..%2Faccess%2Fusers')
})

test('an image is imported into a drive with its options', () => {
  const disk = {
    ...({ slot: 'scsi0', storage: 'lvm', sizeGib: 32, kind: 'system', serial: null } as const),
    ...{ discard: true, ssd: true, iothread: false },
  }
  expect(importedDrive(disk, 'local:import/debian.qcow2')).toBe(
    'lvm:0,import-from=local:import/debian.qcow2,discard=on,ssd=1',
  )
})

test('a console is a door with its sign-in, its pin and its greeting', async () => {
  const { stub, proxmox } = await against(({ path }) => ({
    body: {
      data: path.endsWith('termproxy')
        ? { port: '5901', ticket: 'PVEVNC:x+y', upid: UPID, user: 'drawbridge@pve!panel' }
        : { port: 5902, ticket: 'PVEVNC:z', upid: UPID, cert: '' },
    },
  }))
  const serial = await proxmox.consoles.openSerial('pve1', 1, 'serial0')
  const { url, fingerprint } = stub
  expect(serial).toMatchObject({
    kind: 'serial',
    protocol: 'binary',
    address: { url, fingerprint },
  })
  expect(serial.url.reveal()).toBe(
    `${url.replace('https', 'wss')}/api2/json/nodes/pve1/qemu/1/vncwebsocket?port=5901&vncticket=PVEVNC%3Ax%2By`,
  )
  expect(serial.greeting?.reveal()).toBe('drawbridge@pve!panel:PVEVNC:x+y\n')
  expect(serial.headers.authorization?.reveal()).toBe('PVEAPIToken=drawbridge@pve!panel=5ecret')
  const screen = await proxmox.consoles.openScreen('pve1', 1)
  expect([screen.greeting, screen.password?.reveal()]).toEqual([null, 'PVEVNC:z'])
  expect(JSON.stringify([serial, screen])).not.toMatch(/PVEVNC|5ecret/)
})

test("a certificate's key is sent and nowhere shown", async () => {
  const certificate = { filename: 'pveproxy-ssl.pem', fingerprint: 'AA' }
  const { stub, proxmox } = await against(() => ({ body: { data: certificate } }))
  const key = new Secret('KEY')
  await proxmox.certificates.upload('pve1', { chainPem: 'PEM', key, force: true })
  expect(Object.fromEntries(new URLSearchParams(stub.requests[0]?.body))).toEqual({
    ...{ certificates: 'PEM', key: 'KEY', force: '1', restart: '1' },
  })
})

import { expect, test } from 'vitest'
import { configOf, makeTemplate, makeVm, QEMU, testLab } from '../testing/test-lab'

const GIB = 2 ** 30

test('values come back as PVE writes them', () => {
  const lab = testLab()
  makeVm(lab, 201, {
    memory: '2048',
    cores: '2',
    agent: '1',
    onboot: '1',
    tags: 'b;A',
    net0: 'virtio,bridge=vmbr0,tag=20,firewall=1',
    scsi1: 'local-lvm:100,ssd=1,serial=data-1,discard=on',
  })
  expect(configOf(lab, 201)).toMatchObject({
    memory: '2048',
    cores: 2,
    agent: '1',
    onboot: 1,
    tags: 'a;b',
    net0: expect.stringMatching(
      /^virtio=BC:24:11(:[0-9A-F]{2}){3},bridge=vmbr0,firewall=1,tag=20$/,
    ),
    scsi1: 'local-lvm:vm-201-disk-1,discard=on,serial=data-1,size=100G,ssd=1',
    smbios1: expect.stringMatching(/^uuid=/),
    digest: expect.stringMatching(/^[0-9a-f]{40}$/),
  })
})

test('every change makes another digest, and looking does not', () => {
  const lab = testLab()
  makeVm(lab, 201)
  const { digest } = configOf(lab, 201)
  expect(configOf(lab, 201).digest).toBe(digest)
  lab.call('PUT', `${QEMU}/201/config`, { description: 'x', digest })
  expect(configOf(lab, 201).digest).not.toBe(digest)
})

test('a running machine takes names at once and sizes at its next start', () => {
  const lab = testLab()
  makeVm(lab, 201, { cores: '1' })
  lab.finish(lab.call('POST', `${QEMU}/201/status/start`))
  lab.call('PUT', `${QEMU}/201/config`, { cores: '4', name: 'other' })
  expect(configOf(lab, 201)).toMatchObject({ cores: 4, name: 'other' })
  expect(lab.call('GET', `${QEMU}/201/config`, { current: '1' }).data).toMatchObject({
    cores: 1,
    name: 'other',
  })
  expect(lab.call('GET', `${QEMU}/201/pending`).data).toContainEqual({
    key: 'cores',
    value: 1,
    pending: 4,
  })
  expect(lab.call('GET', `${QEMU}/201/status/current`).data).toMatchObject({ cpus: 1 })
  lab.finish(lab.call('POST', `${QEMU}/201/status/stop`))
  lab.finish(lab.call('POST', `${QEMU}/201/status/start`))
  expect(lab.call('GET', `${QEMU}/201/status/current`).data).toMatchObject({ cpus: 4 })
})

test('a removed disk is unused first, and gone when that is removed', () => {
  const lab = testLab()
  makeVm(lab, 201, { scsi1: 'local-lvm:10' })
  lab.call('PUT', `${QEMU}/201/config`, { delete: 'scsi1' })
  expect(configOf(lab, 201)).toMatchObject({ unused0: 'local-lvm:vm-201-disk-1' })
  lab.call('PUT', `${QEMU}/201/config`, { delete: 'unused0' })
  expect(Object.keys(lab.state.volumes)).not.toContain('pve1|local-lvm:vm-201-disk-1')
})

test('deleting a VM frees what it owns, unused disks too, and nothing else', () => {
  const lab = testLab()
  const before = Object.keys(lab.state.volumes)
  makeVm(lab, 201, { scsi1: 'local-lvm:10' })
  lab.call('PUT', `${QEMU}/201/config`, { delete: 'scsi1' })
  expect(lab.finish(lab.call('DELETE', `${QEMU}/201`)).exit).toBe('OK')
  expect(Object.keys(lab.state.volumes)).toEqual(before)
  expect(lab.state.vms[100]?.running).toBe(true)
})

test('clones get their own MACs and UUIDs, keep protection, and leave unused disks behind', () => {
  const lab = testLab()
  makeVm(lab, 201, {
    net0: 'virtio,bridge=vmbr0',
    protection: '1',
    unused0: 'local-lvm:vm-101-disk-0',
  })
  lab.finish(lab.call('POST', `${QEMU}/201/clone`, { newid: '202', full: '1', name: 'copy' }))
  const [source, copy] = [configOf(lab, 201), configOf(lab, 202)]
  expect(copy.net0).not.toBe(source.net0)
  expect(copy.smbios1).not.toBe(source.smbios1)
  expect(copy).toMatchObject({
    name: 'copy',
    protection: 1,
    scsi0: 'local-lvm:vm-202-disk-0,size=8G',
  })
  expect(copy).not.toHaveProperty('unused0')
})

test('a thin pool fills with what is written, not with what is promised', () => {
  const lab = testLab()
  const used = () =>
    (lab.call('GET', '/nodes/pve1/storage/local-lvm/status').data as { used: number }).used
  const before = used()
  makeVm(lab, 201, { scsi1: 'local-lvm:4000' })
  expect(used()).toBe(before)
  makeTemplate(lab, 900)
  expect((used() - before) / GIB).toBeCloseTo(0.65, 1)
})

test('a full pool refuses clones and freezes every VM on it', () => {
  const lab = testLab()
  makeTemplate(lab, 900)
  makeVm(lab, 201)
  lab.finish(lab.call('POST', `${QEMU}/201/status/start`))
  lab.state.faults.push({ id: 'f', kind: 'storage-full', storage: 'local-lvm' })
  const clone = lab.finish(lab.call('POST', `${QEMU}/900/clone`, { newid: '301', full: '1' }))
  expect(clone.exit).toMatch(/free space in thin pool .* reached threshold/)
  expect(lab.call('GET', `${QEMU}/201/status/current`).data).toMatchObject({
    qmpstatus: 'io-error',
  })
})

test('a snapshot brings back configuration and disks', () => {
  const lab = testLab()
  makeVm(lab, 201, { cores: '1' })
  lab.finish(lab.call('POST', `${QEMU}/201/snapshot`, { snapname: 's1', description: 'before' }))
  lab.call('PUT', `${QEMU}/201/config`, { cores: '4' })
  lab.finish(lab.call('PUT', `${QEMU}/201/resize`, { disk: 'scsi0', size: '+8G' }))
  expect(lab.finish(lab.call('POST', `${QEMU}/201/snapshot`, { snapname: 's1' })).exit).toBe(
    "snapshot name 's1' already used",
  )
  expect(lab.call('POST', `${QEMU}/201/template`).reason).toBe(
    'unable to create template, because VM contains snapshots',
  )
  lab.finish(lab.call('POST', `${QEMU}/201/snapshot/s1/rollback`))
  expect(configOf(lab, 201)).toMatchObject({ cores: 1, scsi0: 'local-lvm:vm-201-disk-0,size=8G' })
  expect(lab.call('GET', `${QEMU}/201/snapshot`).data).toMatchObject([
    { name: 's1', description: 'before', vmstate: 0 },
    { name: 'current', description: 'You are here!', running: 0, parent: 's1' },
  ])
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { VmSpec } from '@/lib/plan/observed'
import { drivesOf, freeSlot, newDrive, unusedVolumes } from './drive'
import { spec } from './testing/arbitrary-spec'
import { configChanges, fromConfig, toConfig, toFullConfig, uuidOf } from './vm-spec'

const volumeOf = (slot: string) => `local-lvm:vm-211-${slot}`
/** Volumes live on the storage that the spec names. */
const written = (wanted: VmSpec) =>
  toFullConfig(wanted, (slot) => {
    const found = wanted.disks.find((one) => one.slot === slot)
    return `${found?.storage}:vm-211-${slot}`
  })

test('a spec written as configuration and read back is the same spec, so that a second plan is empty', () => {
  fc.assert(
    fc.property(spec, (wanted) => {
      expect(fromConfig(written(wanted))).toEqual(wanted)
    }),
  )
})

test('nothing is left to change once the changes are made, and what was not asked for is removed', () => {
  fc.assert(
    fc.property(spec, spec, (before, after) => {
      const current = written(before)
      const { set, remove } = configChanges(current, after)
      const merged = Object.fromEntries(
        Object.entries({ ...current, ...set }).filter(([key]) => !remove.includes(key)),
      )
      expect(configChanges(merged, after)).toEqual({ set: {}, remove: [] })
      expect({ ...fromConfig(merged), disks: [] }).toEqual({ ...after, disks: [] })
    }),
  )
})

test('the configuration that a real PVE 8.4 answers is read with its own defaults', () => {
  const values = {
    net0: 'virtio=BC:24:11:04:29:27,bridge=vmbr0,firewall=1,tag=20',
    ide2: 'local:202/vm-202-cloudinit.qcow2,media=cdrom,size=4M',
    agent: '1',
    smbios1: 'uuid=8dba9275-26c5-4944-b7fe-079cdc76c82c',
    memory: '512',
    name: 'tmpl',
    cores: '1',
    scsi0: 'local:100/vm-100-disk-0.raw,size=1G',
    scsi10: 'local:100/vm-100-disk-2.raw,serial=db-data,size=3584M',
    scsi2: 'local:100/vm-100-disk-1.raw,discard=on,size=2T,ssd=1',
    unused0: 'local:100/vm-100-disk-9.raw',
  }
  const read = fromConfig(values)
  expect(read).toMatchObject({
    cpus: 1,
    balloonMib: 512,
    cpuType: 'kvm64',
    machine: 'i440fx',
    agent: true,
    onBoot: false,
    nics: [{ slot: 'net0', mac: 'BC:24:11:04:29:27', tag: 20, firewall: true, mtu: null }],
  })
  expect(read.disks.map(({ slot, sizeGib, kind }) => [slot, sizeGib, kind])).toEqual([
    ['scsi0', 1, 'system'],
    ['scsi2', 2048, 'system'],
    ['scsi10', 3.5, 'data'],
  ])
  expect(uuidOf(values)).toBe('8dba9275-26c5-4944-b7fe-079cdc76c82c')
  expect(unusedVolumes(values)).toEqual([['unused0', 'local:100/vm-100-disk-9.raw']])
  expect(freeSlot(values)).toBe('scsi1')
})

test('MACs and the order of properties do not count as a change', () => {
  const wanted = fromConfig({ net0: 'virtio=BC:24:11:04:29:27,bridge=vmbr0,tag=20', memory: '512' })
  const current = { ...toConfig(wanted), net0: 'virtio=bc:24:11:04:29:27,tag=20,bridge=vmbr0' }
  expect(configChanges(current, wanted)).toEqual({ set: {}, remove: [] })
})

test('a new disk is written so that PVE allocates it with its serial', () => {
  const [data] = drivesOf({
    scsi1: `${volumeOf('scsi1')},serial=db-x,size=40G,discard=on,iothread=1`,
  })
  expect(newDrive(data!)).toBe('local-lvm:40,discard=on,iothread=1,serial=db-x')
})

test('a device that root passed by its address is seen and left as it is', () => {
  const values = {
    ...written(fromConfig({})),
    hostpci0: '0000:01:00,pcie=1',
    hostpci1: 'mapping=old',
  }
  const wanted: VmSpec = {
    ...fromConfig({}),
    pci: [{ slot: 'hostpci2', mapping: 'card', pcie: true }],
  }
  expect(fromConfig(values).pci).toEqual([
    { slot: 'hostpci0', mapping: null, pcie: true },
    { slot: 'hostpci1', mapping: 'old', pcie: false },
  ])
  const { set, remove } = configChanges(values, wanted)
  expect(set.hostpci2).toBe('mapping=card,pcie=1')
  expect(remove).toEqual(['hostpci1'])
})

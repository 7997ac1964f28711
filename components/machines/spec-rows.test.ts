import { expect, test } from 'vitest'
import type { VmSpec } from '@/lib/plan/observed'
import { specRows } from './spec-rows'

const SPEC: VmSpec = {
  name: 'w1',
  cpus: 2,
  memoryMib: 4096,
  balloonMib: 0,
  cpuType: 'host',
  machine: 'q35',
  bios: 'seabios',
  agent: true,
  onBoot: true,
  startOrder: null,
  startDelayS: null,
  protection: false,
  tags: [],
  nics: [
    {
      slot: 'net0',
      model: 'virtio',
      mac: 'BC:24:11:00:00:01',
      bridge: 'vmbr0',
      tag: 20,
      firewall: false,
      mtu: null,
    },
  ],
  disks: [],
}

test('only a field whose sides differ is marked, a missing side is no difference', () => {
  const rows = specRows({ wanted: { ...SPEC, memoryMib: 8192 }, applied: SPEC, seen: null })
  expect(rows.filter((row) => row.differs)).toEqual([
    { field: 'Memory', wanted: '8 GiB', applied: '4 GiB', seen: null, differs: true },
  ])
})

test('a NIC that one side lacks is a difference', () => {
  const rows = specRows({ wanted: SPEC, applied: SPEC, seen: { ...SPEC, nics: [] } })
  expect(rows.filter((row) => row.differs)).toEqual([
    {
      field: 'net0',
      wanted: 'vmbr0, VLAN 20, BC:24:11:00:00:01',
      applied: 'vmbr0, VLAN 20, BC:24:11:00:00:01',
      seen: null,
      differs: true,
    },
  ])
})

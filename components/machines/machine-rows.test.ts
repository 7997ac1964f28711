import { describe, expect, test } from 'vitest'
import type { Observed, ObservedGuest, ObservedVm } from '@/lib/plan/observed'
import type { Topology } from '@/lib/topology/topology'
import { machineRows, machinesSentence, shownVm } from './machine-rows'
import { whyNotAct } from './power'

const TOPOLOGY: Topology = {
  drawbridge: 1,
  name: 'Home',
  hosts: { pve1: { role: 'proxmox', connection: 'lab' } },
  vms: { w1: { role: 'worker', host: 'pve1', vmid: 211, cpus: 2, memoryMib: 2048 } },
}
const guest = (more: Partial<ObservedGuest>): ObservedGuest => ({
  vmid: 100,
  name: 'nas',
  kind: 'qemu',
  running: true,
  template: false,
  cpus: 1,
  memoryMib: 512,
  diskGib: 8,
  marker: null,
  ...more,
})
const VM: ObservedVm = {
  vmid: 211,
  node: 'pve1',
  running: true,
  lock: null,
  uptimeS: 60,
  digest: '',
  uuid: null,
  spec: { memoryMib: 2048, disks: [], nics: [] } as unknown as ObservedVm['spec'],
  pending: [],
  addresses: null,
  cpuLoad: 0.1,
  memoryUsedMib: 100,
  seedAttached: false,
}
const observed = (guests: ObservedGuest[]): Observed => ({
  at: 1,
  hosts: {
    pve1: {
      state: 'known',
      at: 1,
      value: { guests } as unknown as Extract<
        Observed['hosts'][string],
        { state: 'known' }
      >['value'],
    },
  },
  templates: {},
  vms: { w1: { state: 'known', at: 1, value: VM } },
  clusters: {},
})

describe('machineRows', () => {
  test('a VM of the document appears once, whatever the host lists', () => {
    const seen = observed([guest({ vmid: 211, name: 'w1', marker: 'drawbridge:p/home/vms/w1' })])
    expect(machineRows(TOPOLOGY, 'home', seen).map((row) => row.key)).toEqual(['vms/w1'])
  })

  test('a VM that left the document is ours still, a stranger is not', () => {
    const seen = observed([
      guest({}),
      guest({ vmid: 212, name: 'w2', marker: 'drawbridge:p/home/vms/w2' }),
    ])
    const rows = machineRows(TOPOLOGY, 'home', seen)
    expect(rows.map((row) => [row.name, row.belongs])).toEqual([
      ['w1', 'document'],
      ['w2', 'left'],
      ['nas', 'not-ours'],
    ])
  })

  test('a VM of another topology is a stranger here', () => {
    const seen = observed([guest({ marker: 'drawbridge:p/other/vms/w1' })])
    expect(machineRows(TOPOLOGY, 'home', seen).at(-1)?.belongs).toBe('not-ours')
  })

  test('never looked at is unknown, not stopped', () => {
    const [row] = machineRows(TOPOLOGY, 'home', null)
    expect(row?.shown.state).toBe('unknown')
    expect(machinesSentence(row ? [row] : [], null)).toBe('The hosts were never looked at.')
  })
})

test('what was seen too long ago is not shown as running, nor counted as stopped', () => {
  const seen: Observed = {
    ...observed([guest({})]),
    vms: { w1: { state: 'known', at: 1, value: VM } },
  }
  expect(machinesSentence(machineRows(TOPOLOGY, 'home', seen), seen)).toMatch(/^1 of 1 VMs/)
  const rows = machineRows(TOPOLOGY, 'home', seen, true)
  expect(rows.map(({ shown }) => [shown.state, shown.word])).toEqual([
    ['unknown', 'running when last seen'],
    ['unknown', 'running when last seen'],
  ])
  expect(machinesSentence(rows, seen)).toMatch(/^Whether the VM of the drawing runs is not known/)
})

test.each([
  [undefined, 'unknown'],
  [{ state: 'absent' as const, at: 1 }, 'hold'],
  [{ state: 'known' as const, at: 1, value: { ...VM, lock: 'clone' } }, 'work'],
  [{ state: 'known' as const, at: 1, value: { ...VM, pending: ['memory'] } }, 'warn'],
  [{ state: 'known' as const, at: 1, value: { ...VM, ioError: true as const } }, 'fail'],
  [{ state: 'known' as const, at: 1, value: VM }, 'ok'],
])('the shape of %o is %s', (seen, state) => {
  expect(shownVm(seen).state).toBe(state)
})

describe('whyNotAct', () => {
  const known = { state: 'known' as const, at: 1, value: VM }
  const stopped = { ...known, value: { ...VM, running: false } }
  test.each([
    ['start', known, /runs already/],
    ['start', stopped, null],
    ['stop', stopped, /does not run/],
    ['restart', known, null],
    ['rebuild', known, null],
    ['stop', { state: 'absent' as const, at: 1 }, /not exist/],
    [
      'stop',
      { state: 'unknown' as const, reason: 'pve1 is silent', since: null },
      /pve1 is silent/,
    ],
  ] as const)('%s of %o: %s', (action, seen, reason) => {
    const why = whyNotAct(action, TOPOLOGY, 'w1', seen)
    if (reason === null) expect(why).toBeNull()
    else expect(why).toMatch(reason)
  })
})

import { describe, expect, test } from 'vitest'
import type { Plan } from '@/lib/plan/plan'
import type { Step } from '@/lib/plan/step'
import { readGoal, tickDisk } from './goal'
import { diskChoices, groupSteps, nameToType, planDifference, planSentence } from './plan-view'

const ref = (vm: string) => ({
  at: { connection: 'lab', node: 'pve1' },
  vmid: 201,
  vm,
  name: vm,
  marker: '',
})
const base = { needs: [], reason: '', effect: 'change', etaS: 1, locks: [] } as const
const start = (vm: string): Step => ({
  ...base,
  id: `vm.start:${vm}`,
  kind: 'vm.start',
  args: { ref: ref(vm) },
  object: ['vms', vm],
})
const park = (vm: string, serial: string): Step => ({
  ...base,
  id: `disk.park:${serial}`,
  kind: 'disk.park',
  args: { ref: ref(vm), holder: ref('holder'), serial },
  object: ['vms', vm],
})
const plan = (more: Partial<Plan>): Plan => ({
  goal: { kind: 'deploy' },
  revision: 1,
  observedAt: 0,
  steps: [],
  changes: [],
  counts: { create: 0, change: 0, reboot: 0, replace: 0, destroy: 0 },
  etaS: 250,
  criticalPath: [],
  losses: [],
  notes: [],
  wayBack: '',
  level: 0,
  hash: 'a',
  ...more,
})

describe('planSentence', () => {
  test('an empty plan says that there is nothing to do', () => {
    expect(planSentence(plan({}))).toBe('Nothing to do: what runs is what is wanted.')
  })

  test('an empty plan that passes something by says so', () => {
    expect(planSentence(plan({ notes: ['w3 left the document.'] }))).toBe(
      'Nothing to do; 1 thing is left alone, named below.',
    )
  })

  test('names only what happens, the minutes, and what is lost', () => {
    const sentence = planSentence(
      plan({
        steps: [start('a')],
        counts: { create: 8, change: 0, reboot: 1, replace: 0, destroy: 0 },
        losses: ['The data on a.'],
      }),
    )
    expect(sentence).toBe('Creates 8 and reboots 1, about 5 min. 1 thing cannot be had back.')
  })
})

test('steps are grouped by object in the order of first touch', () => {
  const groups = groupSteps([start('b'), start('a'), park('b', 'data-1')])
  expect(groups.map((group) => [group.name, group.steps.length])).toEqual([
    ['b', 2],
    ['a', 1],
  ])
})

test('a destroy tells which data disks are kept and which were ticked', () => {
  const ticked: Step = {
    ...park('nfs', 'x2'),
    kind: 'disk.delete',
    args: { ref: ref('nfs'), serial: 'x2' },
  } as Step
  expect(diskChoices([ticked, park('nfs', 'x1')])).toEqual([
    { serial: 'x1', vm: 'nfs', ticked: false },
    { serial: 'x2', vm: 'nfs', ticked: true },
  ])
})

test('the difference of two plans names steps that came, went and changed', () => {
  const other = { ...start('c'), args: { ref: { ...ref('c'), vmid: 999 } } } as Step
  expect(
    planDifference(plan({ steps: [start('a'), start('c')] }), plan({ steps: [start('b'), other] })),
  ).toEqual({ added: ['Start b'], gone: ['Start a'], changed: ['Start c'] })
})

describe('goal in the URL', () => {
  test.each([
    [null, { kind: 'deploy' }],
    ['nonsense', { kind: 'deploy' }],
    ['{"kind":"rebuild","vm":"w1"}', { kind: 'rebuild', vm: 'w1' }],
    ['{"kind":"rebuild"}', { kind: 'deploy' }],
    ['{"kind":"destroy","disks":["a",1]}', { kind: 'destroy', disks: ['a'] }],
    ['{"kind":"destroy","vms":["w1"]}', { kind: 'deploy' }],
    ['{"kind":"destroy","vm":7}', { kind: 'deploy' }],
  ])('%s', (text, goal) => {
    expect(readGoal(text)).toEqual(goal)
  })

  test('ticking a disk twice leaves it once; unticking takes it out', () => {
    const goal = { kind: 'destroy' as const, disks: ['b'] }
    const twice = tickDisk(tickDisk(goal, 'a', true) as typeof goal, 'a', true)
    expect(twice).toEqual({ kind: 'destroy', disks: ['a', 'b'] })
    expect(tickDisk(twice as typeof goal, 'b', false)).toEqual({ kind: 'destroy', disks: ['a'] })
  })
})

test('the name to type is the VM when the goal is one VM, else the topology', () => {
  expect(nameToType(plan({ goal: { kind: 'destroy', disks: [] } }), 'Dark Knight')).toBe(
    'Dark Knight',
  )
  expect(nameToType(plan({ goal: { kind: 'destroy', disks: [], vm: 'w1' } }), 'Dark Knight')).toBe(
    'w1',
  )
})

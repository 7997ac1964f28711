import { expect, test } from 'vitest'
import type { Observed } from '@/lib/plan/observed'
import type { Topology } from '@/lib/topology/topology'
import { frozenCauses } from './status-frozen'

const vm = (storage: string, ioError?: true) => ({
  ...{ state: 'known', at: 1 },
  value: { running: true, ioError, spec: { disks: [{ storage }, { storage }] } },
})
const applied = {
  vms: { a: { role: 'plain' }, b: { role: 'plain', name: 'db' }, c: { role: 'plain' } },
} as unknown as Topology
const observed = (vms: object) => ({ vms }) as unknown as Observed
const causes = (vms: object, busy: string[] = []) =>
  frozenCauses({ id: 'lab', busy: new Set(busy) }, applied, observed(vms))

test('VMs on one storage are one cause that names the storage, and takes each of them', () => {
  const found = causes({ a: vm('tank', true), b: vm('tank', true), c: vm('tank') })
  expect(found).toMatchObject([
    {
      level: 'fail',
      sentence: '2 VMs are frozen by an I/O error: storage tank is full or does not answer.',
      takes: ['a', 'db'],
    },
  ])
})

test('other storages are other causes; what a job changes, runs or is not seen is none', () => {
  const found = causes({ a: vm('tank', true), b: vm('nas', true) }, ['vms/a'])
  expect(found.map(({ sentence }) => sentence)).toEqual([
    'db is frozen by an I/O error: storage nas is full or does not answer.',
  ])
  const none = {
    a: vm('tank'),
    b: { state: 'unknown', reason: '', since: 1 },
    c: { state: 'absent' },
  }
  expect(causes(none)).toEqual([])
})

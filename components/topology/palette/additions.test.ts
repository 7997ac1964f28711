import { expect, test } from 'vitest'
import { DARK_KNIGHT } from '@/lib/topology/blueprints/dark-knight'
import type { Json } from '@/lib/topology/change'
import { applyEdit } from '@/lib/topology/edit'
import { checkTopology, parseTopology } from '@/lib/topology/parse'
import type { Topology } from '@/lib/topology/topology'
import { ADDITIONS, findAddition, nextName } from './additions'

const parsed = parseTopology(DARK_KNIGHT)
if (!parsed.ok) throw new Error('the blueprint does not parse')
const blueprint = parsed.topology
const empty: Topology = { drawbridge: 1, name: 'empty' }

test.each(ADDITIONS)(
  '$label added to the blueprint is a document that the server takes',
  (each) => {
    const added = each.make(blueprint, null)
    const after = applyEdit(blueprint, added.edit)
    expect(checkTopology(after as unknown as Json)).toMatchObject({ ok: true })
    expect(after).not.toEqual(blueprint)
  },
)

test.each(ADDITIONS)(
  '$label added to an empty document is one too, or says what is missing',
  (each) => {
    if (each.whyNot?.(empty)) return
    const after = applyEdit(empty, each.make(empty, null).edit)
    expect(checkTopology(after as unknown as Json)).toMatchObject({ ok: true })
  },
)

test('a VM dropped on a network stands there with an address of its pool', () => {
  const added = findAddition('vms/worker')?.make(blueprint, ['networks', 'kubernetes'])
  if (!added) throw new Error('no such addition')
  const vm = applyEdit(blueprint, added.edit).vms?.[added.path[1] ?? '']
  expect(Object.values(vm?.nics ?? {})[0]).toMatchObject({
    network: 'kubernetes',
    address: '10.2.0.31',
  })
})

test('names count on', () => {
  expect(nextName(blueprint, 'k8s-worker')).toBe('k8s-worker-4')
  expect(nextName(blueprint, 'vm')).toBe('vm')
})

import { expect, test } from 'vitest'
import type { TopologySummary } from '@/lib/api/contract'
import { waitingItems } from './waiting'

const topology = (more: Partial<TopologySummary>): TopologySummary => ({
  ...{ id: 'rack', name: 'Rack', revision: 2, savedAt: 1, savedBy: 'ada', vms: 1, blockers: 0 },
  ...{ warnings: 0, appliedRevision: null, ...more },
})
const textsOf = (...topologies: TopologySummary[]) =>
  waitingItems([], topologies).map(({ text }) => text)

test('a saved drawing waits to be deployed, once it has something to deploy', () => {
  expect(textsOf(topology({}))).toEqual(['Rack r2 is saved, not deployed'])
  expect(textsOf(topology({ vms: 0 }))).toEqual([])
  expect(textsOf(topology({ vms: 0, appliedRevision: 1 }))).toHaveLength(1)
  expect(textsOf(topology({ appliedRevision: 2 }))).toEqual([])
  expect(textsOf(topology({ blockers: 1 }))).toEqual(['Rack cannot be deployed'])
})

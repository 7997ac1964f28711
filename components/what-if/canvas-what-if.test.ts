import { expect, test } from 'vitest'
import { DARK_KNIGHT } from '@/lib/topology/blueprints/dark-knight'
import { readTopology } from '@/lib/topology/testing/read-seed'
import { canvasWhatIf } from './canvas-what-if'

const topology = readTopology(DARK_KNIGHT)

test('every item of the canvas has a group of its own', () => {
  const answer = canvasWhatIf(topology, ['vms', 'nfs-storage'])
  if (answer.kind !== 'answer') throw new Error(answer.why)
  expect(answer.groupOf('vms/nfs-storage')).toBe('stops')
  expect(answer.groupOf('vms/nfs-storage/disks/export')).toBe('stops')
  expect(answer.groupOf('clusters/dark-knight')).toBe('degrades')
  expect(answer.groupOf('clusters/dark-knight/addOns/nfs-subdir-external-provisioner')).toBe(
    'stops',
  )
  expect(answer.groupOf('vms/k8s-worker-1')).toBe('survives')
  expect(answer.groupOf('hosts/pve1')).toBe('survives')
})

test('it asks for something that can die', () => {
  expect(canvasWhatIf(topology, null)).toMatchObject({ kind: 'asking' })
  expect(canvasWhatIf(topology, ['clusters', 'dark-knight'])).toEqual({
    kind: 'asking',
    why: 'dark-knight does not fail on its own - select what it stands on.',
  })
  expect(canvasWhatIf(topology, ['vms', 'gone'])).toMatchObject({ kind: 'asking' })
})

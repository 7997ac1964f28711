import { expect, test } from 'vitest'
import type { JobState } from '@/lib/jobs/journal'
import type { Step } from '@/lib/plan/step'
import { groupFailures } from './failure-groups'

const step = (id: string, kind: string) => ({ id, kind }) as unknown as Step
const failed = (code: string) => ({ status: 'failed', error: { code, message: code } })

test('one cause is told once, with the steps that it stopped', () => {
  const steps = [
    step('kernel:a', 'guest.kernel'),
    step('kernel:b', 'guest.kernel'),
    step('start:c', 'vm.start'),
    step('kernel:d', 'guest.kernel'),
    step('kernel:e', 'guest.kernel'),
  ]
  const state = {
    steps: {
      'kernel:a': failed('ssh.refused'),
      'kernel:b': failed('ssh.refused'),
      'start:c': failed('ssh.refused'),
      'kernel:d': failed('guest.full'),
      'kernel:e': { status: 'succeeded', error: null },
    },
  } as unknown as JobState
  expect(
    groupFailures(steps, state).map(({ first, others }) => [first.step.id, others.length]),
  ).toEqual([
    ['kernel:a', 1],
    ['start:c', 0],
    ['kernel:d', 0],
  ])
})

import { expect, test } from 'vitest'
import type { Plan } from '@/lib/plan/plan'
import { summaryOf, whyNotByItself } from './git-apply'

const NONE = { create: 0, change: 0, reboot: 0, replace: 0, destroy: 0 }
const plan = (counts: Partial<Plan['counts']>, more: Partial<Plan> = {}) => ({
  ...{ counts: { ...NONE, ...counts }, losses: [], level: 0 as const },
  ...more,
})

test.each([
  ['creates', plan({ create: 3, change: 2 }), null],
  ['is confirmed by a press', plan({ change: 1 }, { level: 1 }), null],
  ['reboots', plan({ reboot: 1 }), 'it reboots something.'],
  ['replaces', plan({ replace: 1 }), 'it replaces something.'],
  ['destroys', plan({ create: 1, destroy: 1 }), 'it destroys something.'],
  ['loses something', plan({ change: 1 }, { losses: ['A disk.'] }), 'something is lost by it.'],
  ['upgrades', plan({ change: 1 }, { level: 2 }), 'it is of a kind that a person confirms.'],
])('whether a plan that %s starts by itself', (_, given, why) => {
  expect(whyNotByItself(given)).toBe(why)
})

test('a plan is told in one sentence', () => {
  const steps = [{}] as Plan['steps']
  expect(summaryOf({ counts: { ...NONE, create: 1, reboot: 2 }, steps })).toBe(
    'A deploy creates 1, reboots 2.',
  )
  expect(summaryOf({ counts: NONE, steps: [] })).toBe('Nothing is to do on the machines.')
})

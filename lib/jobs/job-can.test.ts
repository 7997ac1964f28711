import { expect, test } from 'vitest'
import { whyNot } from './job-can'

test('possible actions have no reason against them; the others say why', () => {
  expect(whyNot('cancel', 'running')).toBeNull()
  expect(whyNot('retry', 'failed')).toBeNull()
  expect(whyNot('retry', 'running')).toBe('A running job cannot be retried.')
  expect(whyNot('skip', 'awaiting-approval')).toBe(
    'A job that waits for approval cannot have its failed steps skipped.',
  )
})

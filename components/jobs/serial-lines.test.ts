import { expect, test } from 'vitest'
import type { LogLine } from '@/lib/live/log-line'
import { serialLines } from './serial-lines'

const STEP = 'guest.ready:web'
const told = (stepId: string, ...texts: string[]): LogLine[] =>
  texts.map((text, i) => ({ n: i + 1, at: 0, stepId, level: 'warn', text }))
const HEADING = 'The last 2 lines of the serial console of web:'

test.each([
  ['nothing was told', told(STEP, 'refused'), null],
  ['another step told it', told('guest.ready:app', HEADING, '| a'), null],
  [
    'it was told, and the failure after it',
    told(STEP, 'refused', HEADING, '| a', '| b', 'web was not ready (guest.not-ready)'),
    'Serial console:\na\nb',
  ],
  [
    'it was told twice: the later one counts',
    told(STEP, HEADING, '| old', 'again', HEADING, '| new', '|'),
    'Serial console:\nnew\n',
  ],
])('%s', (_, lines, expected) => {
  expect(serialLines(lines, STEP)).toBe(expected)
})

test('shows the end of many', () => {
  const many = Array.from({ length: 200 }, (_, i) => `| ${i}`)
  expect(serialLines(told(STEP, HEADING, ...many), STEP)?.split('\n')).toHaveLength(21)
})

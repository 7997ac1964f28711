import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readRecording } from './recording'
import { replay } from './replay'

const samples = readRecording(fileURLToPath(new URL('./error-kinds.jsonl', import.meta.url)))
const { compared } = await replay(samples)
const errors = compared.filter(({ sample }) => sample.status >= 400)

test('the fixture holds every kind of error that was recorded', () => {
  expect(new Set(errors.map(({ sample }) => sample.name)).size).toBeGreaterThanOrEqual(160)
  const statuses = new Set(errors.map(({ sample }) => sample.status))
  expect([...statuses].sort()).toEqual([400, 401, 403, 500, 501, 506, 595, 596])
})

test.each(errors.map(({ sample, differs }) => ({ ...sample, differs })))(
  '$name: $status $reason',
  ({ differs }) => {
    expect(differs).toEqual([])
  },
)

test('what leads to them is accepted', () => {
  const refused = compared.filter(
    ({ sample, answer }) => sample.status < 400 && answer.status >= 400,
  )
  expect(refused.map(({ sample, answer }) => `${sample.name}: ${answer.reason}`)).toEqual([])
})

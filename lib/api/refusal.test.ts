import { expect, test, vi } from 'vitest'
import { PanelError } from '@/lib/base/errors'
import { Refusal } from './refusal'

class FaultError extends PanelError {
  readonly code = 'test.fault'
}
class OtherError extends PanelError {
  readonly code = 'test.other'
}

test('an error that another bundle threw is known as what it is', async () => {
  vi.resetModules()
  const other = await import('./refusal')
  expect(other.Refusal).not.toBe(Refusal)
  const thrown = new other.Refusal(401, 'token.invalid', 'No.')
  expect(thrown instanceof Refusal).toBe(true)
  expect(thrown instanceof PanelError).toBe(true)
})

test('what is none is none, and a subclass is only itself', () => {
  const fault = new FaultError('No.')
  expect(fault instanceof PanelError).toBe(true)
  expect(fault instanceof FaultError).toBe(true)
  expect(fault instanceof OtherError).toBe(false)
  expect(fault instanceof Refusal).toBe(false)
  for (const value of [new Error('no'), null, undefined, 'x', {}, Object.create(null)]) {
    expect((value as unknown) instanceof PanelError).toBe(false)
    expect((value as unknown) instanceof Refusal).toBe(false)
  }
})

import { expect, onTestFinished, test, vi } from 'vitest'
import { logAs } from './log'

test('no text forges a line or moves a terminal', () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  onTestFinished(() => write.mockRestore())
  logAs('panel')(
    'failed: \u001b[2Ja\rb\r\n2026-11-24T00:00:00.000Z panel       all is well\u2028\t.\n',
  )
  const [line] = write.mock.calls[0] ?? []
  expect(String(line).replace(/^\S+/, 'T')).toBe(
    'T panel       failed: \\u001b[2Jab\n    2026-11-24T00:00:00.000Z panel       all is well\\u2028\t.\n',
  )
})

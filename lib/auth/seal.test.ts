import { expect, test } from 'vitest'
import { seal, sealKeyFrom, unseal } from './seal'

const key = sealKeyFrom('s'.repeat(43))

test('what is sealed opens for its owner, and looks different each time', () => {
  const [a, b] = [seal(key, 'ada', 'JBSWY3DP'), seal(key, 'ada', 'JBSWY3DP')]
  expect(unseal(key, 'ada', a)).toBe('JBSWY3DP')
  expect(unseal(key, 'ada', b)).toBe('JBSWY3DP')
  expect(a).not.toBe(b)
  expect(Buffer.from(a, 'base64url').toString('latin1')).not.toContain('JBSWY3DP')
})

test.each([
  ['another owner', () => unseal(key, 'eve', seal(key, 'ada', 'x'))],
  ['another key', () => unseal(sealKeyFrom('t'.repeat(43)), 'ada', seal(key, 'ada', 'x'))],
  ['a changed byte', () => unseal(key, 'ada', flip(seal(key, 'ada', 'xyz')))],
  ['half of it', () => unseal(key, 'ada', seal(key, 'ada', 'xyz').slice(0, 20))],
  ['nothing', () => unseal(key, 'ada', '')],
])('%s opens nothing', (_what, opened) => {
  expect(opened()).toBeNull()
})

function flip(sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url')
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  return bytes.toString('base64url')
}

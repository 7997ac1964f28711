import { expect, test } from 'vitest'
import { hashRecoveryCode, makeRecoveryCodes } from './recovery-codes'

test('ten different codes of 120 bits, without letters that are mistaken for another', () => {
  const { codes, stored } = makeRecoveryCodes()
  expect(new Set(codes).size).toBe(10)
  for (const code of codes)
    expect(code).toMatch(/^([0-9a-hjkmnp-tv-z]{4}-){5}[0-9a-hjkmnp-tv-z]{4}$/)
  expect(stored.map(({ hash }) => hash)).toEqual(codes.map(hashRecoveryCode))
})

test('however it is typed it is the same code', () => {
  const hash = hashRecoveryCode('ab01-cd23-ef45-gh67')
  expect(hashRecoveryCode(' AB01 CD23 EF45 GH67 ')).toBe(hash)
  expect(hashRecoveryCode('abolcd23ef45gh67')).toBe(hash)
  expect(hashRecoveryCode('ab01-cd23-ef45-gh68')).not.toBe(hash)
})

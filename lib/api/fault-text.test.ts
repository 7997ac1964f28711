import { expect, test } from 'vitest'
import { tempDb } from '@/lib/db/testing/temp-db'
import { faultText } from './fault-text'

test('a fault of the database names what was wrong, not what was written', async () => {
  const { db } = await tempDb()
  const wrong = { id: 'u1', name: 'do-not-log-me' } as never
  const error: unknown = await db.user.create({ data: wrong }).catch((thrown: unknown) => thrown)
  expect(String(error)).toContain('do-not-log-me')
  expect(faultText(error)).toMatch(
    /^PrismaClientValidationError: Argument `email` is missing\.\n +at /,
  )
  expect(faultText(error)).not.toContain('do-not-log-me')
})

test('any other fault is told with its stack; what is no error, as text', () => {
  expect(faultText(new TypeError('of ours'))).toMatch(/^TypeError: of ours\n +at /)
  expect(faultText('thrown')).toBe('thrown')
})

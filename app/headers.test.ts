import { expect, test } from 'vitest'
import config from '../next.config'

test('every answer says that it is not framed, guessed about, shared or told to other sites', async () => {
  const [rule, ...more] = (await config.headers?.()) ?? []
  expect(more).toEqual([])
  expect(rule?.source).toBe('/:path*')
  const headers = Object.fromEntries(rule?.headers.map(({ key, value }) => [key, value]) ?? [])
  expect(headers).toMatchObject({
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
  })
  expect(headers['Content-Security-Policy']).toMatch(/base-uri 'self'.*frame-ancestors 'none'/)
})

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { expect, test } from 'vitest'
import { contentSecurityPolicy, SONNER_STYLE } from '@/lib/auth/csp'
import config from '../../next.config'

const policy = (development = false) =>
  contentSecurityPolicy({ nonce: 'abc', host: 'pi.local:4880', development })
const directive = (name: string, development = false) =>
  policy(development)
    .split('; ')
    .find((part) => part.startsWith(`${name} `))

test('scripts run by nonce only, and nothing is evaluated but in development', () => {
  expect(directive('script-src')).toBe("script-src 'self' 'nonce-abc' 'strict-dynamic'")
  expect(policy()).not.toContain('unsafe-eval')
  expect(directive('script-src', true)).toContain("'unsafe-eval'")
})

test('unsafe-inline is said of style attributes and of nothing else', () => {
  const parts = policy()
    .split('; ')
    .filter((part) => part.includes('unsafe-inline'))
  expect(parts).toEqual(["style-src-attr 'unsafe-inline'"])
})

test('the one style without a nonce is the installed sonner’s', () => {
  const entry = createRequire(import.meta.url).resolve('sonner')
  const source = readFileSync(path.join(path.dirname(entry), 'index.mjs'), 'utf8')
  const css = JSON.parse(/^__insertCSS\((".*")\);?$/m.exec(source)?.[1] ?? '""')
  expect(`sha256-${createHash('sha256').update(css).digest('base64')}`).toBe(SONNER_STYLE)
})

test('headers have one place: the pages’ build adds none', () => {
  expect(config.headers).toBe(undefined)
  expect(config.poweredByHeader).toBe(false)
})

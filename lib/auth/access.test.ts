import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { mayDo, PUBLIC_PAGES, ROUTES, SOCKET_EVENTS } from './access'

const files = readdirSync('app', { recursive: true, encoding: 'utf8' }).map(
  (file) => `/${file.replaceAll('\\', '/')}`,
)
/** `/(panel)/t/[t]/plan/page.tsx` is the page `/t/[t]/plan`. */
const toPath = (file: string) =>
  file
    .replace(/\/(page|route)\.tsx?$/, '')
    .replace(/\/\([^)]*\)/g, '')
    .replace(/^$/, '/')

const VERBS =
  /^export (?:const|async function|function) (GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b/gm

test('every verb of every endpoint has a row, every row its endpoint, and each names itself', () => {
  const endpoints = files
    .filter((file) => file.startsWith('/api/') && /\/route\.tsx?$/.test(file))
    .flatMap((file) => {
      const source = readFileSync(`app${file}`, 'utf8')
      return [...source.matchAll(VERBS)].map(([, verb]) => {
        const key = `${verb} ${toPath(file)}`
        expect(source, `${file} calls route('${key}', ...)`).toMatch(
          new RegExp(`route\\(\\s*'${key.replace(/[[\]]/g, '\\$&')}'`),
        )
        return key
      })
    })
  expect(Object.keys(ROUTES).toSorted()).toEqual(endpoints.toSorted())
})

test('nothing is served outside pages and endpoints that the proxy lets past unseen', () => {
  const handlers = files.filter((file) => /\/route\.tsx?$/.test(file) && !file.startsWith('/api/'))
  for (const file of handlers) {
    expect(PUBLIC_PAGES, `${file} is behind the proxy`).not.toContain(toPath(file))
  }
})

test('every public page exists', () => {
  for (const page of PUBLIC_PAGES) expect(existsSync(`app${page}/page.tsx`), page).toBe(true)
})

test('what is open to everybody begins or ends a session, or is a webhook that signs', () => {
  const open = Object.entries(ROUTES).flatMap(([key, { who }]) => (who === 'public' ? [key] : []))
  expect(open).toEqual([
    ...['GET /api/session', 'POST /api/setup', 'POST /api/auth/sign-in'],
    ...['POST /api/auth/second-factor', 'POST /api/auth/passkey/options', 'POST /api/auth/passkey'],
    ...['POST /api/auth/phone', 'POST /api/auth/sign-out', 'GET /api/auth/oidc'],
    ...['GET /api/auth/oidc/callback', 'POST /api/auth/invite', 'POST /api/hooks/git/[t]'],
  ])
})

test('no token does what is one’s own or takes a fresh sign-in', () => {
  const byToken = Object.entries(ROUTES).filter(([, { scope }]) => scope !== null)
  expect(byToken.filter(([, { of, who }]) => of === 'self' || who === 'public')).toEqual([])
  expect(byToken.filter(([, access]) => access.confirmed)).toEqual([])
})

test('every socket event has a row, and none is open', () => {
  const contract = readFileSync('lib/live/contract.ts', 'utf8')
  const asked = contract.slice(contract.indexOf('export type ClientMessages'))
  const events = [...asked.matchAll(/^ {2}'([\w-]+)':/gm)].map(([, event]) => event)
  expect(events.length).toBeGreaterThan(0)
  expect(Object.keys(SOCKET_EVENTS).toSorted()).toEqual(events.toSorted())
})

test.each([
  [null, 'public', true],
  [null, 'viewer', false],
  ['viewer', 'viewer', true],
  ['viewer', 'operator', false],
  ['operator', 'editor', false],
  ['editor', 'operator', true],
  ['editor', 'admin', false],
  ['admin', 'editor', true],
] as const)('a person of role %s may do what %s may: %s', (role, who, may) => {
  expect(mayDo(role, who)).toBe(may)
})

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildName, listFiles } from './fingerprint.mjs'
import { holdsTheLock } from './install.mjs'

let root: string
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'drawbridge-fingerprint-'))
  put('lib/dag/dag.ts', 'one')
  put('prisma/schema.prisma', 'model')
  put('package-lock.json', '{}')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function put(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
  writeFileSync(path.join(root, file), text)
}

test('the same sources have the same name', () => {
  expect(buildName(root)).toBe(buildName(root))
})

test.each([
  ['a source line', 'lib/dag/dag.ts', 'two'],
  ['a new file', 'app/page.tsx', 'page'],
  ['the schema', 'prisma/schema.prisma', 'model 2'],
  ['the lock file', 'package-lock.json', '{"x":1}'],
  ['the configuration of the pages', 'next.config.ts', 'x'],
])('%s makes another build', (_, file, text) => {
  const before = buildName(root)
  put(file, text)
  expect(buildName(root)).not.toBe(before)
})

test.each(['lib/dag/dag.test.ts', 'lib/db/generated/client.ts', 'lib/.notes', 'docs/x.md'])(
  '%s makes no other build',
  (file) => {
    const before = buildName(root)
    put(file, 'anything')
    expect(buildName(root)).toBe(before)
  },
)

test('a file that moves makes another build, though its text stays', () => {
  const before = buildName(root)
  rmSync(path.join(root, 'lib/dag/dag.ts'))
  put('lib/dag/order.ts', 'one')
  expect(buildName(root)).not.toBe(before)
})

test('files are listed in a stable order', () => {
  put('lib/a.ts', '')
  put('lib/zeta/a.ts', '')
  expect(listFiles(root, 'lib')).toEqual(['lib/a.ts', 'lib/dag/dag.ts', 'lib/zeta/a.ts'])
})

const lock = (packages: object) => JSON.stringify({ packages })
test.each([
  ['nothing is installed', null, false],
  ['all is there', { 'node_modules/a': { version: '1.0.0', integrity: 'x' } }, true],
  ['another version is there', { 'node_modules/a': { version: '2.0.0', integrity: 'y' } }, false],
  ['one is missing', {}, false],
])('when %s, node_modules holds the lock: %#', (_, held, expected) => {
  const wanted = {
    '': { name: 'root' },
    'node_modules/a': { version: '1.0.0', integrity: 'x' },
    'node_modules/other-platform': { version: '1.0.0', integrity: 'z', optional: true },
  }
  put('package-lock.json', lock(wanted))
  if (held) put('node_modules/.package-lock.json', lock(held))
  expect(holdsTheLock(root)).toBe(expected)
})

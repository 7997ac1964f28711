import { expect, test } from 'vitest'
import { failing, isAccepted, licenceOf, shippedPackages } from './licences.mjs'

test.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0)', true],
  ['MIT AND ISC', true],
  ['MIT AND GPL-2.0', false],
  ['Apache-2.0 WITH LLVM-exception', true],
  ['GPL-3.0-only', false],
  ['AGPL-3.0', false],
  ['SEE LICENSE IN LICENSE.md', false],
  [null, false],
])('%s: may ship %s', (expression, expected) => {
  expect(isAccepted(expression)).toBe(expected)
})

test.each([
  [{ license: 'MIT' }, 'MIT'],
  [{ license: { type: 'ISC' } }, 'ISC'],
  [{ licenses: [{ type: 'MIT' }, { type: 'GPL-2.0' }] }, 'MIT OR GPL-2.0'],
  [{}, null],
])('the licence of %j is %s', (manifest, expected) => {
  expect(licenceOf(manifest)).toBe(expected)
})

test('only what ships is looked at', () => {
  const packages = { '': {}, 'node_modules/a': {}, 'node_modules/b': { dev: true } }
  expect(shippedPackages({ packages })).toEqual(['node_modules/a'])
})

test('a package under the GPL or without a licence fails, by name', () => {
  const found = failing([
    { name: 'a', licence: 'MIT' },
    { name: 'b', licence: 'GPL-3.0' },
    { name: 'c', licence: null },
    { name: '@img/sharp-libvips-linux-x64', licence: 'LGPL-3.0-or-later' },
  ])
  expect(found.map(({ name }) => name)).toEqual(['b', 'c'])
})

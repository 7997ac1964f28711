import { expect, test } from 'vitest'
import { groupsIn, nameIn } from './claims'

test.each([
  ['a list', { groups: ['a', 'b', 3] }, 'groups', ['a', 'b']],
  ['one name', { groups: 'a' }, 'groups', ['a']],
  ['roles of Zitadel, keys of an object', { r: { a: { org: 'x' }, b: {} } }, 'r', ['a', 'b']],
  ['nested as Keycloak does', { realm_access: { roles: ['a'] } }, 'realm_access.roles', ['a']],
  ['a name with dots of its own', { 'https://x.y/z': ['a'] }, 'https://x.y/z', ['a']],
  ['in no group', { groups: [] }, 'groups', []],
  ['empty text', { groups: '' }, 'groups', []],
  ['missing', {}, 'groups', null],
  ['null', { groups: null }, 'groups', null],
  ['a path that ends early', { realm_access: 'x' }, 'realm_access.roles', null],
  ['what every object has', {}, 'constructor', null],
  ['a path through it', {}, '__proto__.constructor', null],
])('groups: %s', (_, claims, name, groups) => {
  expect(groupsIn(claims as Record<string, unknown>, name)).toEqual(groups)
})

test('a name is text that says something', () => {
  expect(nameIn({ name: ' ada ' }, 'name')).toBe('ada')
  for (const name of ['  ', 3, null, undefined]) expect(nameIn({ name }, 'name')).toBeNull()
})

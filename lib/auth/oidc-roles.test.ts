import { expect, test } from 'vitest'
import { accountName, isAdmitted, mappedRoles } from './oidc-roles'

const rules = {
  allowedGroups: ['crew'],
  defaultRole: 'viewer' as const,
  mapping: [
    { group: 'boss', role: 'admin' as const, topologyId: null },
    { group: 'crew', role: 'member' as const, topologyId: null },
    { group: 'crew', role: 'operator' as const, topologyId: 'rack' },
    { group: 'draw', role: 'editor' as const, topologyId: 'rack' },
  ],
}

test.each([
  [[], { role: 'viewer', grants: {} }],
  [['crew'], { role: 'viewer', grants: { rack: 'operator' } }],
  [['crew', 'draw'], { role: 'viewer', grants: { rack: 'editor' } }],
  [['boss', 'crew'], { role: 'admin', grants: { rack: 'operator' } }],
])('groups %j', (groups, roles) => {
  expect(mappedRoles(rules, groups)).toEqual(roles)
})

test('without a mapping nothing is taken over; without groups to be in, everybody is let in', () => {
  expect(mappedRoles({ ...rules, mapping: [] }, ['boss'])).toBeNull()
  expect(isAdmitted(rules, ['boss'])).toBe(false)
  expect(isAdmitted(rules, ['boss', 'crew'])).toBe(true)
  expect(isAdmitted({ ...rules, allowedGroups: [] }, [])).toBe(true)
})

test.each([
  ['ada', 'ada'],
  ['Ada Lovelace', 'Ada-Lovelace'],
  ['ada@example.org', 'ada'],
  ['José Müller', 'Jose-Muller'],
  ['-._x1', 'x1'],
  ['../../etc/passwd', 'etc-passwd'],
  ['名前', null],
  ['a', null],
  ['x'.repeat(60), 'x'.repeat(40)],
])('the account of "%s" is called %s', (name, account) => {
  expect(accountName(name)).toBe(account)
})

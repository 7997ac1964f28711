import { expect, test } from 'vitest'
import type { Role } from '@/lib/api/contract'
import { isWithin } from '@/lib/db/sight'
import {
  type Asker,
  roleAnywhere,
  roleAt,
  roleEverywhere,
  roleThere,
  topologiesSeen,
} from './sight'

const asker = (
  role: Role,
  grants: Record<string, Role> = {},
  topologies: string[] | null = null,
): Asker => ({ me: { id: 'u', name: 'ada', role, grants }, topologies })

test.each([
  ['a member', asker('member'), { here: 'member', there: 'member', panel: 'member', seen: [] }],
  [
    'a member with a role here',
    asker('member', { here: 'editor' }),
    { here: 'editor', there: 'member', panel: 'member', seen: ['here'] },
  ],
  [
    'an operator who is kept out here',
    asker('operator', { here: 'member' }),
    { here: 'member', there: 'operator', panel: 'operator', seen: ['there'] },
  ],
  [
    'an admin, whatever was granted',
    asker('admin', { here: 'member' }),
    { here: 'admin', there: 'admin', panel: 'admin', seen: ['here', 'there'] },
  ],
  [
    'an admin’s token for here',
    asker('admin', {}, ['here']),
    { here: 'admin', there: 'member', panel: 'member', seen: ['here'] },
  ],
  [
    'a token for what its owner lost',
    asker('member', {}, ['here']),
    { here: 'member', there: 'member', panel: 'member', seen: [] },
  ],
  [
    'a grant named like what every object has',
    asker('member', { __proto__: 'admin' } as never),
    { here: 'member', there: 'member', panel: 'member', seen: [] },
  ],
] as const)('%s', (_, who, { here, there, panel, seen }) => {
  expect([roleAt(who, 'here'), roleAt(who, 'there'), roleEverywhere(who)]).toEqual([
    here,
    there,
    panel,
  ])
  const within = topologiesSeen(who)
  expect(['here', 'there'].filter((t) => isWithin(within, t))).toEqual(seen)
  for (const name of ['constructor', '__proto__', 'toString'])
    expect(roleAt(who, name)).toBe(there === 'member' ? 'member' : there)
})

test('at a place the most counts that somebody may on any of its topologies', () => {
  const who = asker('viewer', { a: 'operator', b: 'member' })
  const place = { kind: 'connection', id: 'c', topologies: ['b'], ofPanel: false } as const
  expect(roleThere(who, place)).toBe('member')
  expect(roleThere(who, { ...place, ofPanel: true })).toBe('viewer')
  expect(roleThere(who, { ...place, topologies: ['a', 'b'] })).toBe('operator')
  expect(roleThere(who, { ...place, topologies: [] })).toBe('member')
  expect(roleAnywhere(who)).toBe('operator')
  expect(roleAnywhere({ ...who, topologies: ['b'] })).toBe('member')
})

import { expect, test } from 'vitest'
import type { OidcAnswer } from '@/lib/api/contract-people'
import { faultsOf, groupsIn, toDraft, toRequest } from './oidc-form'

const stored: OidcAnswer = {
  redirectUri: 'https://panel.lan/api/auth/oidc/callback',
  settings: {
    ...{ issuer: 'https://auth.example/', clientId: 'panel', hasSecret: true, ca: null },
    ...{ scopes: 'openid groups', nameClaim: 'name', groupsClaim: 'groups', label: 'Authentik' },
    ...{ allowedGroups: ['crew', 'boss'], makesAccounts: true, defaultRole: 'viewer' },
    mapping: [{ group: 'boss', role: 'admin', topologyId: null }],
    breakGlassOnly: false,
  },
}

test('what was stored comes back as it was, and the secret stays where it is', () => {
  const { hasSecret: _, ...settings } = stored.settings ?? ({} as never)
  expect(toRequest(toDraft(stored))).toEqual(settings)
  expect(faultsOf(toDraft(stored), stored)).toEqual({})
})

test('a secret is sent when it was typed, and taken away from a public client', () => {
  const draft = toDraft(stored)
  expect(toRequest({ ...draft, clientSecret: 's' })).toMatchObject({ clientSecret: 's' })
  expect(toRequest({ ...draft, isPublic: true })).toMatchObject({ clientSecret: null })
})

test('an empty form says what it lacks', () => {
  const nothing = { ...stored, settings: null }
  expect(Object.keys(faultsOf(toDraft(nothing), nothing)).sort()).toEqual([
    'clientId',
    'clientSecret',
    'issuer',
    'label',
  ])
})

test('groups are separated by commas or lines, each once', () => {
  expect(groupsIn(' crew, boss\ncrew,,')).toEqual(['crew', 'boss'])
})

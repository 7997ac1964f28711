import { expect, test } from 'vitest'
import { putOidcSettings } from '@/lib/db/oidc-settings'
import { transact } from '@/lib/db/transact'
import { INVITATION_MS, lookAtInvitation, makeInvitation } from './invitations'
import { type AtProvider, accountAtProvider } from './oidc-account'
import { startSession } from './start-session'
import { cookieFor, makePerson } from './testing/callers'
import { tempPanel } from './testing/temp-panel'

const TOLD: AtProvider = { issuer: 'https://id', subject: 'eve', name: 'eve', groups: [] }

async function withProvider(allowedGroups: string[] = []) {
  const { panel } = await tempPanel()
  await putOidcSettings(panel.db, {
    ...{ issuer: TOLD.issuer, clientId: 'c', scopes: 'openid', label: 'Id', ca: null },
    ...{ nameClaim: 'name', groupsClaim: 'groups', allowedGroups, makesAccounts: true },
    ...{ defaultRole: 'viewer', mapping: [], breakGlassOnly: false },
  })
  const id = await makePerson(panel, { name: 'Ada', role: 'admin' })
  const invite = async () =>
    (await transact(panel.db, (tx) => makeInvitation(tx, id, panel.now()))).token
  const atProvider = (told: AtProvider, invitation: string | null) =>
    accountAtProvider(panel, new Headers(), { told, invitation })
  return { panel, id, invite, atProvider }
}

test('a reset link that fell into other hands does not pass by one-time codes at the provider', async () => {
  const { panel, id, invite, atProvider } = await withProvider()
  await panel.db.user.update({ where: { id }, data: { totpSince: new Date(1) } })
  const token = await invite()
  expect(await lookAtInvitation(panel.db, token, panel.now())).toMatchObject({ oidc: null })
  await expect(atProvider(TOLD, token)).rejects.toMatchObject({ code: 'oidc.second-factor-first' })
  expect(await panel.db.oidcIdentity.count()).toBe(0)
  // It was not used up by that: the owner sets a password by it.
  expect(await lookAtInvitation(panel.db, token, panel.now() + INVITATION_MS - 1000)).toBeTruthy()
})

test('without codes the link connects, as before', async () => {
  const { id, invite, atProvider } = await withProvider()
  expect(await atProvider(TOLD, await invite())).toBe(id)
})

test('whoever is let in no more loses the phone that they let in as well', async () => {
  const { panel, id, invite, atProvider } = await withProvider(['family'])
  await atProvider({ ...TOLD, groups: ['family'] }, await invite())
  await cookieFor(panel, id)
  for (const [kind, method] of [
    ['browser', 'oidc'],
    ['phone', 'phone'],
  ] as const)
    await startSession(panel, new Headers(), { userId: id, kind, method, confirmed: false })
  await expect(atProvider(TOLD, null)).rejects.toMatchObject({ code: 'oidc.not-admitted' })
  const left = await panel.db.session.findMany({ where: { userId: id } })
  expect(left.map(({ method }) => method)).toEqual(['password'])
})

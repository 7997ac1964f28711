import type { MyAccount } from '@/lib/api/contract-account'
import { findPasswordHash } from '@/lib/db/accounts'
import { countRecoveryCodes, findTotp } from '@/lib/db/accounts-factors'
import { identitiesOf, passkeysOf } from '@/lib/db/accounts-passkeys'
import { newPlaces, sessionsOf } from '@/lib/db/sessions'
import { deviceOf } from './device'
import type { Panel } from './panel'
import type { PanelSession } from './session'

const NEW_PLACES_MS = 14 * 24 * 60 * 60_000

/** How the person of this session signs in, and where they are signed in. */
export async function toMyAccount(
  { db, now }: Pick<Panel, 'db' | 'now'>,
  { id: current, me }: Pick<PanelSession, 'id' | 'me'>,
): Promise<MyAccount> {
  const at = now()
  const totp = await findTotp(db, me.id)
  const passkeys = await passkeysOf(db, me.id)
  const sessions = await sessionsOf(db, me.id, at)
  return {
    ...{ id: me.id, name: me.name, role: me.role },
    hasPassword: (await findPasswordHash(db, me.id)) !== null,
    totp: totp && { since: totp.since },
    recoveryCodesLeft: await countRecoveryCodes(db, me.id),
    passkeys: passkeys.map(({ id, name, createdAt, lastUsedAt, backedUp }) => ({
      ...{ id, name, createdAt, lastUsedAt, backedUp },
    })),
    identities: await identitiesOf(db, me.id),
    sessions: sessions.map((session) => ({
      id: session.id,
      kind: session.kind === 'phone' ? 'phone' : 'browser',
      method: session.method,
      device: deviceOf(session.userAgent),
      from: session.ipAddress || null,
      createdAt: session.createdAt.getTime(),
      lastSeenAt: (session.lastSeenAt ?? session.createdAt).getTime(),
      expiresAt: session.expiresAt.getTime(),
      current: session.id === current,
    })),
    newPlaces: await newPlaces(db, me.id, at - NEW_PLACES_MS),
  }
}

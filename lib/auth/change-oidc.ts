import type { OidcAnswer, OidcRequest } from '@/lib/api/contract-people'
import { type Actor, type AuditNote, appendAudit } from '@/lib/db/audit'
import type { Tx } from '@/lib/db/client'
import {
  findOidcSettings,
  OIDC_SECRET,
  type OidcSettings,
  putOidcSettings,
  removeOidcSettings,
  touchOidcSettings,
} from '@/lib/db/oidc-settings'
import { readRecipient } from '@/lib/db/secret-keys'
import { findSealed, putSealed, removeSealed, seal } from '@/lib/db/secrets'
import { transact } from '@/lib/db/transact'
import { redirectUriFor } from './oidc-sign-in'
import type { Panel } from './panel'
import { mustLeaveAWayIn } from './way-in'

type OidcPanel = Pick<Panel, 'db' | 'now' | 'dataDir' | 'publicUrl'>

/** The provider's settings, never its secret, and what is to be registered there. */
export async function answerOidc(
  { db, publicUrl }: OidcPanel,
  headers: Headers,
): Promise<OidcAnswer> {
  const settings = await findOidcSettings(db)
  const hasSecret = (await findSealed(db, OIDC_SECRET)) !== null
  return {
    settings: settings ? { ...settings, hasSecret } : null,
    redirectUri: redirectUriFor(publicUrl, headers),
  }
}

/**
 * Stores the provider's settings. Refuses what would leave no admin who can sign in, such as
 * passwords for break-glass accounts only, without one.
 */
export async function changeOidc(
  { db, now, dataDir }: OidcPanel,
  actor: Actor,
  { clientSecret, ...settings }: OidcRequest,
): Promise<void> {
  const sealed = clientSecret ? await seal(await readRecipient(dataDir), clientSecret) : null
  const at = now()
  await transact(db, async (tx) => {
    const before = await startChange(tx)
    await putOidcSettings(tx, settings)
    if (sealed !== null) await putSealed(tx, { name: OIDC_SECRET, sealed, at, by: actor.name })
    if (clientSecret === null) await removeSealed(tx, OIDC_SECRET)
    await mustLeaveAWayIn(tx)
    const after = factsOf(settings, clientSecret)
    const facts = before ? { before: factsOf(before), after } : { after }
    await appendAudit(
      tx,
      actor,
      { action: 'oidc.change', object: objectOf(settings), ...facts },
      at,
    )
  })
}

/** Forgets the provider: people sign in here only. Does nothing if there is none. */
export async function removeOidc({ db, now }: OidcPanel, actor: Actor): Promise<void> {
  const at = now()
  await transact(db, async (tx) => {
    const before = await startChange(tx)
    if (!before) return
    await removeOidcSettings(tx)
    await removeSealed(tx, OIDC_SECRET)
    await mustLeaveAWayIn(tx)
    const note = { action: 'oidc.remove', object: objectOf(before) } as const
    await appendAudit(tx, actor, { ...note, before: factsOf(before) }, at)
  })
}

/** What is stored, read after a write that changes nothing, so that nobody else writes meanwhile. */
async function startChange(tx: Tx): Promise<OidcSettings | null> {
  await touchOidcSettings(tx)
  return findOidcSettings(tx)
}

const objectOf = ({ issuer }: OidcSettings) => ({ kind: 'panel', id: issuer })

/** For the audit log: whether there is another secret, never which. */
function factsOf(
  settings: OidcSettings,
  clientSecret?: string | null,
): NonNullable<AuditNote['after']> {
  const secret = { string: 'another', object: 'none' }[typeof clientSecret as 'string' | 'object']
  return { ...settings, ...(secret === undefined ? {} : { secretState: secret }) } as NonNullable<
    AuditNote['after']
  >
}

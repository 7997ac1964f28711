import { Refusal } from '@/lib/api/refusal'
import type { Tx } from '@/lib/db/client'
import { findOidcSettings } from '@/lib/db/oidc-settings'
import { countAbleAdmins } from '@/lib/db/people'

/**
 * Refuses (409) what would leave the panel without an admin who can sign in. Called in the
 * transaction, after what it is about was written, so that nothing that leads there is forgotten.
 */
export async function mustLeaveAWayIn(tx: Tx): Promise<void> {
  const able = await countAbleAdmins(tx)
  if (able.breakGlass === 0 && (await findOidcSettings(tx))?.breakGlassOnly) {
    throw new Refusal(
      409,
      'person.last-break-glass',
      'Nothing was changed - passwords are for break-glass accounts only, and afterwards no enabled admin would have one: with the provider down nobody could sign in - mark an admin with a password as break-glass first.',
    )
  }
  if (able.all === 0) {
    throw new Refusal(
      409,
      'person.last-admin',
      'Nothing was changed - afterwards no enabled admin could sign in, and nobody could put that right - make another person an admin first, and wait until they signed in once.',
    )
  }
}

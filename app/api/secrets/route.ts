import type { SecretsAnswer } from '@/lib/api/contract-secrets'
import { SetSecret } from '@/lib/api/requests-secrets'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { writerFor } from '@/lib/auth/writer'
import { listSecrets } from '@/lib/db/secret-list'
import { refuseSet, removeSecret, setSecret } from '@/lib/db/secret-write'
import { KIT_MADE_SETTING } from '@/lib/db/secrets'
import { findSetting } from '@/lib/db/settings'

async function answer(): Promise<SecretsAnswer> {
  const { db } = panel()
  const kitMadeAt = await findSetting<number>(db, KIT_MADE_SETTING)
  return { secrets: await listSecrets(db), kitMadeAt }
}

export const GET = route('GET /api/secrets', {}, answer)

export const PUT = route('PUT /api/secrets', { body: SetSecret }, async ({ body, actor }) => {
  const { db, ask, live, now } = panel()
  const { name, value } = body
  if (value === null) {
    await removeSecret(db, name, { actor, now: now() })
    return answer()
  }
  const { connectionId } = await refuseSet(db, name)
  // A token that Proxmox does not take never replaces one that works.
  if (connectionId !== null) await ask('token.try', { connectionId, tokenSecret: value })
  await setSecret(db, { name, value }, await writerFor(actor))
  if (connectionId !== null) live.tell('connections-changed', { connectionId })
  return answer()
})

import type { SecretsAnswer } from '@/lib/api/contract-secrets'
import { Refusal } from '@/lib/api/refusal'
import { SetSecret } from '@/lib/api/requests-secrets'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { writerFor } from '@/lib/auth/writer'
import { PanelError } from '@/lib/base/errors'
import { listSecrets } from '@/lib/db/secret-list'
import { refuseSet, removeSecret, setSecret } from '@/lib/db/secret-write'
import { KIT_MADE_SETTING } from '@/lib/db/secrets'
import { findSetting } from '@/lib/db/settings'
import type { Ask } from '@/lib/live/questions'

async function answer(): Promise<SecretsAnswer> {
  const { db } = panel()
  const kitMadeAt = await findSetting<number>(db, KIT_MADE_SETTING)
  return { secrets: await listSecrets(db), kitMadeAt }
}

export const GET = route('GET /api/secrets', {}, answer)

/** A token that Proxmox does not take (422) never replaces one that works. */
async function tryToken(ask: Ask, connectionId: string, tokenSecret: string): Promise<void> {
  try {
    await ask('token.try', { connectionId, tokenSecret })
  } catch (error) {
    if (!(error instanceof PanelError) || !error.code.startsWith('proxmox.')) throw error
    throw new Refusal(422, error.code, `The stored token stays - ${error.message}`)
  }
}

export const PUT = route('PUT /api/secrets', { body: SetSecret }, async ({ body, actor }) => {
  const { db, ask, live, now } = panel()
  const { name, value } = body
  if (value === null) {
    await removeSecret(db, name, { actor, now: now() })
    return answer()
  }
  const { connectionId } = await refuseSet(db, name)
  if (connectionId !== null) await tryToken(ask, connectionId, value)
  await setSecret(db, { name, value }, await writerFor(actor))
  if (connectionId !== null) live.tell('connections-changed', { connectionId })
  return answer()
})

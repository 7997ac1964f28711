import type { Actor } from '@/lib/db/audit'
import type { Writer } from '@/lib/db/connections'
import { readRecipient } from '@/lib/db/secret-keys'
import { panel } from './panel'

/** Who writes a secret now, and the key that it is sealed to. */
export async function writerFor(actor: Actor): Promise<Writer> {
  const { dataDir, now } = panel()
  return { recipient: await readRecipient(dataDir), actor, now: now() }
}

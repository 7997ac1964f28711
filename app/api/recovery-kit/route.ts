import type { RecoveryKitAnswer } from '@/lib/api/contract-secrets'
import { Refusal } from '@/lib/api/refusal'
import { MakeKit } from '@/lib/api/requests-secrets'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { whyWeak } from '@/lib/base/passphrase'
import { noteKit } from '@/lib/db/secret-write'

export const POST = route(
  'POST /api/recovery-kit',
  { body: MakeKit },
  async ({ body, actor }): Promise<RecoveryKitAnswer> => {
    const weak = whyWeak(body.passphrase)
    if (weak !== null) {
      const issues = [{ path: ['passphrase'], message: weak }]
      throw new Refusal(422, 'kit.weak-passphrase', weak, { issues })
    }
    const { db, id, ask, now } = panel()
    const made = await ask('kit.make', { passphrase: body.passphrase })
    const madeAt = now()
    await noteKit(db, made.recipient, actor, madeAt)
    return { ...made, panelId: id, madeAt }
  },
)

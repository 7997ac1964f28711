import type { RevealAnswer } from '@/lib/api/contract-secrets'
import { Reveal } from '@/lib/api/requests-secrets'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { noteReveal } from '@/lib/db/secret-write'

/** The value goes from the provisioner into this one answer; who asked is written down before. */
export const POST = route(
  'POST /api/secrets/reveal',
  { body: Reveal },
  async ({ body, actor }): Promise<RevealAnswer> => {
    const { db, ask, now } = panel()
    await noteReveal(db, body.name, actor, now())
    return ask('secret.reveal', { name: body.name })
  },
)

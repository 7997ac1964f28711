import { ResetLab } from '@/lib/api/requests-lab'
import { route } from '@/lib/api/route'
import { ofLab } from '@/lib/auth/lab-answer'
import { panel } from '@/lib/auth/panel'
import { noteReset } from '@/lib/db/lab-audit'

export const POST = route('POST /api/lab/reset', { body: ResetLab }, async ({ body, actor }) => {
  const { db, ask, now } = panel()
  await ofLab(ask('lab.reset', body))
  await noteReset(db, body, { actor, now: now() })
  return {}
})

import { IdParams } from '@/lib/api/requests'
import { route } from '@/lib/api/route'
import { ofLab } from '@/lib/auth/lab-answer'
import { panel } from '@/lib/auth/panel'
import { noteMended } from '@/lib/db/lab-audit'

export const DELETE = route(
  'DELETE /api/lab/faults/[id]',
  { params: IdParams },
  async ({ params, actor }) => {
    const { db, ask, now } = panel()
    await ofLab(ask('lab.mend', { id: params.id }))
    await noteMended(db, params.id, { actor, now: now() })
    return { id: params.id }
  },
)

import { BreakLab } from '@/lib/api/requests-lab'
import { Reply, route } from '@/lib/api/route'
import { ofLab } from '@/lib/auth/lab-answer'
import { panel } from '@/lib/auth/panel'
import { noteFault, noteMended } from '@/lib/db/lab-audit'

export const POST = route('POST /api/lab/faults', { body: BreakLab }, async ({ body, actor }) => {
  const { db, ask, now } = panel()
  const fault = await ofLab(ask('lab.break', { fault: body }))
  await noteFault(db, fault, { actor, now: now() })
  return new Reply(fault, { status: 201 })
})

export const DELETE = route('DELETE /api/lab/faults', {}, async ({ actor }) => {
  const { db, ask, now } = panel()
  await ofLab(ask('lab.mend', { id: null }))
  await noteMended(db, null, { actor, now: now() })
  return {}
})

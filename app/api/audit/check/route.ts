import { AuditCheck } from '@/lib/api/requests-audit'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { appendAudit } from '@/lib/db/audit'
import { checkAudit, toCheckAnswer } from '@/lib/db/audit-check'
import { transact } from '@/lib/db/transact'

export const POST = route(
  'POST /api/audit/check',
  { body: AuditCheck },
  async ({ body, actor }) => {
    const { db, now } = panel()
    const check = await checkAudit(db, now(), body)
    const bad = check.firstBad
    const result = bad ? `entry ${bad.seq}, ${bad.why}` : 'it is whole'
    const object = { kind: 'audit', id: 'log' }
    const note = { action: 'audit.check', object, after: { result, entries: check.to } } as const
    await transact(db, (tx) => appendAudit(tx, actor, note, now()))
    return toCheckAnswer(check)
  },
)

import type { LabFault, LabResetRequest } from '@/lib/api/contract-lab'
import { type Actor, type AuditNote, appendAudit } from './audit'
import type { Db } from './client'
import { transact } from './transact'

const write = (db: Db, note: AuditNote, { actor, now }: { actor: Actor; now: number }) =>
  transact(db, (tx) => appendAudit(tx, actor, note, now))

/** Writes down that a failure of the lab was switched on. */
export const noteFault = (db: Db, fault: LabFault, by: { actor: Actor; now: number }) =>
  write(
    db,
    {
      action: 'lab.fault',
      object: { kind: 'fault', id: fault.kind },
      after: JSON.parse(JSON.stringify(fault)),
    },
    by,
  )

/** Writes down that a failure of the lab was ended; all of them where no id is given. */
export const noteMended = (db: Db, id: string | null, by: { actor: Actor; now: number }) =>
  write(db, { action: 'lab.fault-end', object: { kind: 'fault', id: id ?? 'every failure' } }, by)

/** Writes down that the lab was made anew. */
export const noteReset = (db: Db, shape: LabResetRequest, by: { actor: Actor; now: number }) =>
  write(
    db,
    { action: 'lab.reset', object: { kind: 'lab', id: 'the lab' }, after: { ...shape } },
    by,
  )

import { canonicalHash } from '@/lib/base/canonical-hash'
import type { Json } from '@/lib/topology/change'
import type { AuditAction } from './audit-actions'
import type { Tx } from './client'

/** Who does something, and how they came in. */
export type Actor = {
  /** Account id; null for the panel itself and for people who are not known. */
  id: string | null
  name: string
  /** `box`: at the panel's own machine; `panel`, `provisioner`: the process by itself. */
  via: 'browser' | 'phone' | 'token' | 'box' | 'panel' | 'provisioner'
  /** Address that it was asked from; null for the panel's own machine and processes. */
  from: string | null
}

export type AuditNote = {
  action: AuditAction
  outcome?: 'done' | 'refused' | 'failed'
  object: { kind: string; id: string }
  topologyId?: string | null
  /** What it was and is; never a secret's value. */
  before?: Json
  after?: Json
  /** A reason that was typed, or what else a person would want to read. */
  note?: string
}

const NO_ENTRY = '0'.repeat(64)

/**
 * Adds an entry to the audit log, chained to the one before, in the transaction that does what it
 * tells of: both are stored or neither. `now` is UTC milliseconds. The transaction has to have
 * written before, or do so here first (transact.ts), so that no other process appends meanwhile.
 */
export async function appendAudit(
  tx: Tx,
  actor: Actor,
  note: AuditNote,
  now: number,
): Promise<void> {
  const last = await tx.auditEntry.findFirst({ orderBy: { seq: 'desc' } })
  const fields = {
    seq: (last?.seq ?? 0) + 1,
    at: now,
    actorId: actor.id,
    actorName: actor.name,
    via: actor.via,
    from: actor.from,
    action: note.action,
    outcome: note.outcome ?? 'done',
    objectKind: note.object.kind,
    objectId: note.object.id,
    topologyId: note.topologyId ?? null,
    beforeJson: note.before === undefined ? null : JSON.stringify(note.before),
    afterJson: note.after === undefined ? null : JSON.stringify(note.after),
    note: note.note ?? '',
    prevHash: last?.hash ?? NO_ENTRY,
  }
  await tx.auditEntry.create({
    data: { ...fields, at: new Date(now), hash: canonicalHash(fields) },
  })
}

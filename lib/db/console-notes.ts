import type { ConsoleKind } from '@/lib/api/contract-console'
import { type Actor, appendAudit } from './audit'
import type { Db } from './client'
import { transact } from './transact'

/** Writes down that a console of a VM was opened or closed; nothing of what it showed. */
export async function noteConsole(
  db: Db,
  note: {
    action: 'console.open' | 'console.close'
    topologyId: string
    vm: string
    kind: ConsoleKind
    /** Why it closed; empty when it opens. */
    why: string
  },
  actor: Actor,
  now: number,
): Promise<void> {
  const { action, topologyId, vm, kind, why } = note
  await transact(db, (tx) =>
    appendAudit(
      tx,
      actor,
      { action, object: { kind: 'vm', id: vm }, topologyId, after: { kind }, note: why },
      now,
    ),
  )
}

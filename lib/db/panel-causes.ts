import { pages } from '@/lib/api/paths'
import type { Cause } from '@/lib/api/status-causes'
import { findBackupState, findIntegrity } from './backup-settings'
import type { Db } from './client'
import { findRoom } from './upkeep'

/**
 * What is wrong with the panel's own data, for the status: stored findings, nothing is looked at.
 * A sentence ends at its colon for who only has to know that an admin has something to mend.
 */
export async function panelCauses(db: Db, now: number): Promise<Cause[]> {
  const [room, integrity, { failure }] = [
    await findRoom(db),
    await findIntegrity(db),
    await findBackupState(db, now),
  ]
  const action = { label: 'Look at the panel', href: pages.panel() }
  const causes: Cause[] = []
  if (integrity?.fault)
    causes.push({
      ...{ level: 'fail', takes: [], since: integrity.at, action },
      sentence: `The panel’s own database is damaged: ${integrity.fault}.`,
      canWait: 'No: restore a backup before the damage spreads.',
    })
  if (room && room.level !== 'ok') {
    const mib = Math.floor(room.freeBytes / 2 ** 20)
    causes.push({
      ...{ level: room.level === 'full' ? 'fail' : 'warn', takes: [], since: null, action },
      sentence: `The panel’s own disk is nearly full: ${mib} MiB are left.`,
      canWait: room.level === 'full' ? 'No: no new job is taken.' : 'Some days.',
    })
  }
  if (failure)
    causes.push({
      ...{ level: 'warn', takes: [], since: failure.at, action },
      sentence: `The panel’s own backup failed: ${failure.message.split(' - ', 2).join(', ')}.`,
      canWait: 'Until tomorrow; it is tried again every hour.',
    })
  return causes
}

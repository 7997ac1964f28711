import { Refusal } from '@/lib/api/refusal'
import { SetPanel } from '@/lib/api/requests-panel'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { appendAudit } from '@/lib/db/audit'
import { findBackupSettings, putBackupSettings } from '@/lib/db/backup-settings'
import { readPanelState } from '@/lib/db/panel-state'
import { transact } from '@/lib/db/transact'

export const PUT = route('PUT /api/panel/settings', { body: SetPanel }, async ({ body, actor }) => {
  const { db, now, upkeep, log } = panel()
  await transact(db, async (tx) => {
    const before = await findBackupSettings(tx)
    if (upkeep.fixedFolder !== null && body.folder !== before.folder)
      throw new Refusal(
        409,
        'panel.folder-fixed',
        `The folder for backups stays ${upkeep.fixedFolder} - BACKUP_DIR fixes it where the panel is started - change it there, or take it away there to set it here.`,
      )
    await putBackupSettings(tx, body)
    const object = { kind: 'panel', id: 'settings' }
    await appendAudit(tx, actor, { action: 'panel.settings', object, before, after: body }, now())
  })
  upkeep.look().catch((error) => log(`upkeep: ${String(error)}`))
  return readPanelState(panel())
})

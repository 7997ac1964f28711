import { Readable } from 'node:stream'
import { Refusal } from '@/lib/api/refusal'
import { BackupParams, DownloadQuery } from '@/lib/api/requests-panel'
import { route } from '@/lib/api/route'
import { panel } from '@/lib/auth/panel'
import { appendAudit } from '@/lib/db/audit'
import { BackupError, getBackup, readManifest, removeBackup } from '@/lib/db/backup'
import { findBackupSettings } from '@/lib/db/backup-settings'
import { tarOf } from '@/lib/db/backup-tar'
import { transact } from '@/lib/db/transact'

export const GET = route(
  'GET /api/panel/backups/[name]',
  { params: BackupParams, query: DownloadQuery },
  async ({ params: { name }, query, actor }) => {
    const { db, now } = panel()
    const folder = await find(name)
    const manifest = readManifest(folder)
    if (query.ready) return { name }
    await transact(db, (tx) =>
      appendAudit(
        tx,
        actor,
        { action: 'panel.backup-download', object: { kind: 'backup', id: name } },
        now(),
      ),
    )
    return new Response(Readable.toWeb(Readable.from(tarOf(folder, manifest))) as ReadableStream, {
      headers: {
        'content-type': 'application/x-tar',
        'content-disposition': `attachment; filename="drawbridge-${name}.tar"`,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      },
    })
  },
)

export const DELETE = route(
  'DELETE /api/panel/backups/[name]',
  { params: BackupParams },
  async ({ params: { name }, actor }) => {
    const { db, now } = panel()
    const object = { kind: 'backup', id: name }
    await find(name)
    const folder = await here()
    await transact(db, async (tx) => {
      await appendAudit(tx, actor, { action: 'panel.backup-remove', object }, now())
      removeBackup(folder, name)
    })
    return { name }
  },
)

async function here(): Promise<string> {
  const { db, upkeep } = panel()
  return upkeep.folderOf(await findBackupSettings(db))
}

/** The folder of a backup; 404 when there is none of the name. */
async function find(name: string): Promise<string> {
  try {
    return getBackup(await here(), name)
  } catch (error) {
    if (error instanceof BackupError && error.code === 'backup.unknown')
      throw new Refusal(404, error.code, error.message)
    throw error
  }
}

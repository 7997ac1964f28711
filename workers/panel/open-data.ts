import { setupToken } from '@/lib/auth/setup-token'
import { type Db, openDb } from '@/lib/db/client'
import { databaseIn } from '@/lib/db/data-folder'
import { migrate } from '@/lib/db/migrate'
import { ensurePanelId } from '@/lib/db/panel-id'
import { ensureProvisionerKey } from '@/lib/db/secret-keys'
import type { Log } from '@/lib/io/log'
import { migrationsDir } from './place'

/**
 * The database, brought up to this build, with what the panel makes once at its first start: its
 * id and the key that secrets are sealed to. `token` is for the one-time link, null once there is
 * an account.
 */
export async function openData(
  dataDir: string,
  log: Log,
): Promise<{ db: Db; token: string | null }> {
  const file = databaseIn(dataDir)
  const migrated = migrate(file, migrationsDir)
  if (migrated.applied.length > 0) log(`database: applied ${migrated.applied.join(', ')}`)
  if (migrated.backup) log(`database: the state before is kept in ${migrated.backup}`)
  const db = await openDb(file)
  await ensurePanelId(db)
  await ensureProvisionerKey(dataDir)
  return { db, token: await setupToken(db) }
}

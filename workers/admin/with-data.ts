import { existsSync, statSync } from 'node:fs'
import { type Db, openDb } from '@/lib/db/client'
import { DataFolderTakenError, databaseIn, takeDataFolder } from '@/lib/db/data-folder'
import { findMigrations } from '@/lib/db/migrate'
import { AdminError, type Box } from './command'

/**
 * Runs `work` on the panel's database, whether the panel runs or not. Throws where there is none, or
 * where it is of another version than this program.
 */
export async function withDb<T>(
  { config, migrationsDir }: Pick<Box, 'config' | 'migrationsDir'>,
  work: (db: Db) => Promise<T>,
): Promise<T> {
  const file = databaseIn(config.dataDir)
  if (!existsSync(file))
    throw new AdminError(
      'admin.no-data',
      `There is no panel in ${config.dataDir} - panel.db is not there - name the data folder with --data, or start the panel once.`,
    )
  const { missing, newer } = findMigrations(file, migrationsDir)
  if (missing.length + newer.length > 0)
    throw new AdminError(
      'admin.other-version',
      `The data in ${config.dataDir} are of ${newer.length > 0 ? 'a newer' : 'an older'} version than this program - ${newer.at(-1) ?? missing[0]} - ${newer.length > 0 ? 'use the newer program' : 'start the panel once, which brings them to this version'}.`,
    )
  const db = await openDb(file)
  try {
    return await work(db)
  } finally {
    await db.$disconnect()
  }
}

/**
 * Runs `work` while no panel runs on the folder and none can start. Throws `admin.panel-runs`.
 */
export async function whileStopped<T>({ config }: Box, work: () => Promise<T>): Promise<T> {
  let folder: { release(): void }
  try {
    folder = takeDataFolder(config.dataDir)
  } catch (error) {
    if (!(error instanceof DataFolderTakenError)) throw error
    throw new AdminError(
      'admin.panel-runs',
      `The panel runs on ${config.dataDir} - this exchanges what it works with - stop it (Ctrl-C where it was started, or systemctl stop drawbridge) and run this again.`,
    )
  }
  try {
    return await work()
  } finally {
    folder.release()
  }
}

/** As root on somebody else's folder: becomes that user, so that no file of root's is left in it. */
export function becomeOwnerOf(folder: string): void {
  const owner = statSync(folder, { throwIfNoEntry: false })
  if (!owner || process.getuid?.() !== 0 || owner.uid === 0) return
  process.setgroups?.([owner.gid])
  process.setgid?.(owner.gid)
  process.setuid?.(owner.uid)
}

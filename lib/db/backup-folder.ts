import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { BackupError, backupsIn } from './backup'

/** Left in a folder that an admin chose: where it is missing, another disk is mounted, or none. */
export const MARK = '.drawbridge-backups'

/**
 * Throws {@link BackupError} unless backups can go to the folder. One that an admin chose gets a
 * mark at its first backup; a share that is not mounted later leaves an empty folder without it, and
 * nothing is written there, to fill the wrong disk.
 */
export function checkFolder(wish: { dataDir: string; folder: string; known: boolean }): void {
  const { dataDir, folder, known } = wish
  if (path.resolve(folder) === path.resolve(backupsIn(dataDir))) return
  const stat = statSync(folder, { throwIfNoEntry: false })
  if (stat && !stat.isDirectory()) throw away(folder, 'it is no folder')
  if (!stat && (known || !existsSync(path.dirname(folder)))) throw away(folder, 'it is not there')
  const mark = path.join(folder, MARK)
  if (existsSync(mark)) return
  if (known) throw away(folder, `the mark "${MARK}" is missing in it, so its disk is not mounted`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(mark, 'Drawbridge puts its backups here.\n')
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException
    throw away(folder, `it cannot be written (${code})`, cause)
  }
}

const away = (folder: string, why: string, cause?: unknown) =>
  new BackupError(
    'backup.folder-away',
    `No backup can go to ${folder} - ${why} - mount it and give the panel's user write access, or choose another folder.`,
    { cause },
  )

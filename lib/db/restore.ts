import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  renameSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import Database from 'libsql'
import {
  BackupError,
  type BackupManifest,
  DATABASES,
  MANIFEST,
  readManifest,
  stampOf,
} from './backup'
import { sha256Of, syncFile } from './backup-make'
import { quickCheck } from './integrity'
import { DatabaseError, findMigrations, migrate } from './migrate'
import { makeFit } from './restore-fit'
import { clearStages, finishRestore, type RestoreIntent, writeIntent } from './restore-swap'

export type RestoreWish = {
  dataDir: string
  /** Folder of the backup. */
  backup: string
  /** Migrations of this program. */
  migrationsDir: string
  /** Who does it, for the audit log. */
  by: string
  /** UTC milliseconds. */
  now: number
  /** Key files that take the place of those in the data folder; absent: those stay. */
  keys?: Record<string, string>
}

export type Restored = {
  manifest: BackupManifest
  /** Folder with what was there before. */
  kept: string
  /** Jobs that were not over when the backup was made; they are cancelled now. */
  cancelled: number
}

/** The database's name in the stage while it is worked on; this one takes nobody's place. */
const WORKED_ON = 'work.db'

/** What has to stay free beside the restored files, in bytes. */
const SPARE = 64 * 2 ** 20

/**
 * Puts a backup in the place of the panel's data, whole or not at all. The caller holds the data
 * folder (lib/db/data-folder.ts), so no panel runs on it.
 *
 * Everything is copied beside the data, compared with the manifest, brought to this version and made
 * fit to run; then one rename says that it counts, and from there on the exchange is only ever
 * carried to its end, here or by {@link finishRestore} at the next start. Until that rename the data
 * are as they were. What was there is kept in `before-restore-<time>`.
 *
 * Throws {@link BackupError} when the backup is damaged, newer than this program, or does not fit.
 */
export async function restore(wish: RestoreWish): Promise<Restored> {
  const { dataDir, backup, now } = wish
  const manifest = readManifest(backup)
  refuseOtherFiles(backup, manifest)
  refuseFullDisk(dataDir, manifest)
  finishRestore(dataDir)
  clearStages(dataDir)
  const stage = `.restore-${stampOf(now)}`
  const folder = path.join(dataDir, stage)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  copyFiles(backup, folder, manifest)
  renameSync(path.join(folder, 'panel.db'), path.join(folder, WORKED_ON))
  bringToThisVersion(path.join(folder, WORKED_ON), manifest, wish)
  const cancelled = await makeFit(path.join(folder, WORKED_ON), { manifest, now, by: wish.by })
  standAlone(path.join(folder, WORKED_ON), path.join(folder, 'panel.db'))
  for (const [name, text] of Object.entries(wish.keys ?? {})) {
    const file = path.join(folder, name.startsWith('tls/') ? name : path.join('keys', name))
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, text, { mode: 0o600, flush: true })
  }
  for (const file of DATABASES)
    if (existsSync(path.join(folder, file))) syncFile(path.join(folder, file))
  syncFile(folder)
  const intent: RestoreIntent = {
    stage,
    kept: `before-restore-${stampOf(now)}`,
    places: [...DATABASES, ...placesOf(wish.keys)],
  }
  writeIntent(dataDir, intent)
  finishRestore(dataDir)
  return { manifest, kept: path.join(dataDir, intent.kept), cancelled }
}

/** The folders that keys go to: a backup of a panel without an authority leaves the one that is there. */
const placesOf = (keys: Record<string, string> | undefined): string[] =>
  keys === undefined
    ? []
    : ['keys', ...(Object.keys(keys).some((name) => name.startsWith('tls/')) ? ['tls'] : [])]

/**
 * The first fault of a backup: a file that is missing or is not what the manifest says, or a
 * database that SQLite cannot read. Null when it is sound.
 */
export function findFault(backup: string, manifest: BackupManifest): string | null {
  for (const file of manifest.files) {
    const other = faultOfFile(backup, file)
    if (other !== null) return other
    if (sha256Of(path.join(backup, file.name)) !== file.sha256)
      return `${file.name} is not what ${MANIFEST} says`
  }
  return manifest.files.some(({ name }) => name === 'panel.db') ? null : 'it has no panel.db'
}

type BackupFile = BackupManifest['files'][number]

/** Of one file, without reading it: a link, a pipe, or another length than the manifest says. */
function faultOfFile(backup: string, { name, size }: BackupFile): string | null {
  const stat = lstatSync(path.join(backup, name), { throwIfNoEntry: false })
  if (!stat) return `${name} is missing`
  if (!stat.isFile()) return `${name} is no plain file`
  return stat.size === size ? null : `${name} is not as long as ${MANIFEST} says`
}

const isDatabase = ({ name }: BackupFile): boolean => DATABASES.some((each) => each === name)

/** Before anything is copied: how much room it takes is what the files are, not what is said of them. */
function refuseOtherFiles(backup: string, manifest: BackupManifest): void {
  for (const file of manifest.files.filter(isDatabase)) {
    const fault = faultOfFile(backup, file)
    if (fault !== null) throw damaged(manifest, fault)
  }
}

function copyFiles(backup: string, folder: string, manifest: BackupManifest): void {
  const databases = manifest.files.filter(isDatabase)
  for (const { name } of databases) copyFileSync(path.join(backup, name), path.join(folder, name))
  // What counts is what arrived here, not what lies there.
  const fault =
    findFault(folder, { ...manifest, files: databases }) ??
    databases
      .map(({ name }) => quickCheck(path.join(folder, name)))
      .find((each) => each !== null) ??
    null
  if (fault !== null) throw damaged(manifest, fault)
}

const damaged = ({ name }: BackupManifest, fault: string) =>
  new BackupError(
    'restore.damaged',
    `The backup ${name} is damaged (${fault}) - its disk failed, or it was changed - nothing was touched; choose another: npm run admin -- backups.`,
  )

function bringToThisVersion(file: string, manifest: BackupManifest, wish: RestoreWish): void {
  const { newer } = findMigrations(file, wish.migrationsDir)
  if (newer.length > 0)
    throw new BackupError(
      'restore.newer',
      `The backup ${manifest.name} is of a newer Drawbridge (version ${manifest.version}, migration ${newer.at(-1)}) - this version would damage it - nothing was touched; install that version or a later one and restore again.`,
    )
  try {
    migrate(file, wish.migrationsDir, { isCopy: true })
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    throw new BackupError('restore.not-upgraded', `${error.message} Nothing was touched.`, {
      cause: error,
    })
  }
}

/** All of a database in one file, whose write-ahead log some connection of ours may still hold. */
function standAlone(file: string, into: string): void {
  const db = new Database(file, { timeout: 10_000 })
  try {
    db.prepare('VACUUM INTO ?').run(into)
  } finally {
    db.close()
  }
  chmodSync(into, 0o600)
}

function refuseFullDisk(dataDir: string, { files }: BackupManifest): void {
  const { bavail, bsize } = statfsSync(dataDir)
  const needed = files.reduce((sum, { size }) => sum + size, 0) * 3 + SPARE
  if (bavail * bsize >= needed) return
  const [free, wanted] = [bavail * bsize, needed].map((bytes) => Math.ceil(bytes / 2 ** 20))
  throw new BackupError(
    'restore.no-room',
    `There is no room to restore in ${dataDir} - ${free} MiB are free and it takes ${wanted} MiB, as what is there is kept - free some space and restore again.`,
  )
}

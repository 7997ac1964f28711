import { existsSync, lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { isBackupName } from '@/lib/base/backup-name'
import { PanelError } from '@/lib/base/errors'
import { openPlain } from './backup-plain'

/**
 * Why a backup was made: by the schedule, by a person in the browser, at the panel's own machine,
 * or by the panel before it changes the shape of the database.
 */
export type BackupReason = 'scheduled' | 'asked' | 'box' | 'before-migration'
const REASONS: readonly string[] = ['scheduled', 'asked', 'box', 'before-migration']

/** `manifest.json` of a backup. It is written last: a folder without one is no backup. */
export type BackupManifest = {
  /** Of this shape; a higher one is from a newer program. */
  format: 1
  /** The folder's name, `2026-11-24T02-30-00Z-scheduled`. */
  name: string
  /** When it was begun, UTC milliseconds. Every file was read through before this was written. */
  at: number
  reason: BackupReason
  /** Of the program that made it. */
  version: string
  /** Newest migration that the database had, null when it had none. */
  migration: string | null
  /** Of the panel that it is of, null when it was never started. */
  panelId: string | null
  /** The end of the audit log's chain, so that an older log is known as one; null when it was empty. */
  audit: { seq: number; hash: string } | null
  /** Everything beside the manifest. Sizes in bytes, SHA-256 as 64 hex digits. */
  files: { name: string; size: number; sha256: string }[]
  /** Whether the panel's keys are in it, sealed to a passphrase (`keys.age`). */
  keys: boolean
  /** That nobody changed it (backup-proof.ts); absent where the panel's key was not at hand. */
  proof?: string
}

/** The databases that a backup holds; `logs.db` is missing before the first job. */
export const DATABASES = ['panel.db', 'logs.db'] as const
/** The panel's keys in a backup: an age file, sealed to a passphrase. */
export const SEALED_KEYS = 'keys.age'
export const MANIFEST = 'manifest.json'
/** No manifest of ours is longer, in bytes: what lies on a share may be anything. */
const LONGEST_MANIFEST = 64 * 1024

/** Where backups go unless another folder is set. */
export const backupsIn = (dataDir: string) => path.join(dataDir, 'backups')

/** `2026-11-24T02-30-00Z`: UTC, sorts by time, and every file system takes it. */
export const stampOf = (at: number): string =>
  new Date(at).toISOString().replace(/\.\d+/, '').replaceAll(':', '-')

/** A backup that was found, or a folder with a backup's name that cannot be used, with the reason. */
export type FoundBackup =
  | { name: string; manifest: BackupManifest }
  | { name: string; manifest: null; fault: string }

/** The backups in a folder, newest first; none where there is no folder. Files are not read through. */
export function listBackups(folder: string): FoundBackup[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && isBackupName(entry.name))
    .map(({ name }): FoundBackup => {
      try {
        const manifest = readManifest(path.join(folder, name))
        if (manifest.name === name) return { name, manifest }
        return { name, manifest: null, fault: renamed(name, manifest.name) }
      } catch (error) {
        if (!(error instanceof BackupError)) throw error
        return { name, manifest: null, fault: error.message }
      }
    })
    .sort((a, b) => (a.name < b.name ? 1 : -1))
}

const renamed = (name: string, was: string): string =>
  `${name} is not what it is called - it was made as ${was} and renamed, or its ${MANIFEST} is another's - give it its name back.`

/** The manifest of a backup's folder. Throws {@link BackupError} when there is none to understand. */
export function readManifest(backup: string): BackupManifest {
  let parsed: unknown
  try {
    parsed = JSON.parse(readShort(path.join(backup, MANIFEST)))
  } catch (cause) {
    throw new BackupError(
      'backup.no-manifest',
      `${backup} is no backup - it has no ${MANIFEST} that can be read - choose another, "npm run admin -- backups" lists them.`,
      { cause },
    )
  }
  if (isManifest(parsed)) return parsed
  throw new BackupError(
    'backup.other-format',
    `${backup} is a backup of another shape - its ${MANIFEST} was written by another version of Drawbridge, or by hand - use the version that made it.`,
  )
}

function readShort(file: string): string {
  const opened = openPlain(file)
  try {
    if (opened.size > LONGEST_MANIFEST) throw new Error(`${opened.size} bytes are no manifest`)
    return readFileSync(opened.fd, 'utf8')
  } finally {
    opened.close()
  }
}

/** The last moment that can be written as a day, year 9999, in UTC milliseconds. */
const LAST_DAY = Date.UTC(9999, 11, 31)
const isShort = (value: unknown): boolean =>
  typeof value === 'string' && /^[\w.+-]{1,200}$/.test(value)

/**
 * Whether it is one in every part: who can write to the share can write any text, and what it says
 * is shown, sorted by, and made a path of.
 */
function isManifest(value: unknown): value is BackupManifest {
  if (typeof value !== 'object' || value === null) return false
  const given = value as Record<string, unknown>
  const { format, name, at, reason, version, migration, panelId, files, keys } = given
  return (
    format === 1 &&
    typeof name === 'string' &&
    isBackupName(name) &&
    Number.isInteger(at) &&
    Number(at) >= 0 &&
    Number(at) < LAST_DAY &&
    REASONS.includes(String(reason)) &&
    isShort(version) &&
    (migration === null || isShort(migration)) &&
    (panelId === null || isShort(panelId)) &&
    isAuditEnd(given.audit) &&
    typeof keys === 'boolean' &&
    (given.proof === undefined || HASH.test(String(given.proof))) &&
    Array.isArray(files) &&
    files.every((file) => isFileOfBackup(file)) &&
    new Set(files.map((file) => file.name)).size === files.length
  )
}

const isAuditEnd = (value: unknown): boolean => {
  if (value === null) return true
  const { seq, hash } = (value ?? {}) as Record<string, unknown>
  return Number.isInteger(seq) && HASH.test(String(hash))
}

const HASH = /^[0-9a-f]{64}$/

/** A name that leads out of the backup's folder is no file of it. */
function isFileOfBackup(value: unknown): value is BackupManifest['files'][number] {
  const { name, size, sha256 } = (value ?? {}) as Record<string, unknown>
  return (
    [...DATABASES, SEALED_KEYS].some((known) => known === name) &&
    Number.isSafeInteger(size) &&
    Number(size) >= 0 &&
    HASH.test(String(sha256))
  )
}

/** Removes one backup with all its files. Throws {@link BackupError} when there is none of the name. */
export function removeBackup(folder: string, name: string): void {
  rmSync(getBackup(folder, name), { recursive: true })
}

/** The folder of the backup named. Throws {@link BackupError} when there is none. */
export function getBackup(folder: string, name: string): string {
  const backup = path.join(folder, name)
  const isFolder = () => lstatSync(backup, { throwIfNoEntry: false })?.isDirectory() ?? false
  if (isBackupName(name) && isFolder() && existsSync(path.join(backup, MANIFEST))) return backup
  throw new BackupError(
    'backup.unknown',
    `There is no backup "${name}" - it was removed, or never was - choose another from the list.`,
  )
}

/** A backup cannot be made, read or restored. `message` is what - why - what to do. */
export class BackupError extends PanelError {
  readonly code: string

  constructor(
    code: `backup.${string}` | `restore.${string}`,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.code = code
  }
}

import { createHash } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import Database from 'libsql'
import {
  BackupError,
  type BackupManifest,
  type BackupReason,
  backupsIn,
  DATABASES,
  MANIFEST,
  SEALED_KEYS,
  stampOf,
} from './backup'
import { readFacts } from './backup-facts'
import { checkFolder } from './backup-folder'
import { proofOf } from './backup-proof'
import { quickCheck } from './integrity'

export type BackupWish = {
  dataDir: string
  /** Where it goes: {@link backupsIn} or a folder that an admin set. */
  folder: string
  /** Whether backups went to that folder before; then it must show it (backup-folder.ts). */
  known: boolean
  reason: BackupReason
  /** Of this program. */
  version: string
  /** UTC milliseconds. */
  now: number
  /** The panel's keys, sealed to a passphrase (backup-keys.ts); absent: they are not in it. */
  sealedKeys?: string
  /** The text of the panel's private key, to prove by; absent where it may not be read. */
  identity?: string
}

/** Beside the copies themselves, so much has to stay free, in bytes. */
const SPARE = 64 * 2 ** 20
/** What was begun and never finished; the next backup clears it away. */
const PARTIAL = '.partial-'

/**
 * Copies the databases as they are at one instant each, while others write (`VACUUM INTO`, which is
 * consistent under WAL), reads every copy through, and only then gives the backup its name. It
 * blocks for as long as that takes: the panel runs it in a child process.
 *
 * Copies are made on the data folder's own disk and then carried to `folder`: SQLite's locks are
 * not to be had on every network file system. Throws {@link BackupError}; nothing is left then.
 */
export function makeBackup(wish: BackupWish): BackupManifest {
  const { dataDir, folder, now, reason } = wish
  const home = backupsIn(dataDir)
  mkdirSync(home, { recursive: true, mode: 0o700 })
  checkFolder(wish)
  for (const each of new Set([home, folder])) clearPartials(each)
  const name = freeName(folder, `${stampOf(now)}-${reason}`)
  const present = DATABASES.filter((file) => existsSync(path.join(dataDir, file)))
  const needed = present.reduce((sum, file) => sum + sizeWithWal(path.join(dataDir, file)), 0)
  for (const each of new Set([home, folder])) refuseFullDisk(each, needed)
  const draft = path.join(home, `${PARTIAL}${name}`)
  mkdirSync(draft, { mode: 0o700 })
  try {
    for (const file of present) copyDatabase(path.join(dataDir, file), path.join(draft, file))
    if (wish.sealedKeys) {
      writeFileSync(path.join(draft, SEALED_KEYS), wish.sealedKeys, { mode: 0o600 })
    }
    const manifest = describe(draft, name, wish)
    writeFileSync(path.join(draft, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, {
      mode: 0o600,
      flush: true,
    })
    finish(draft, folder, manifest)
    return manifest
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

function copyDatabase(from: string, to: string): void {
  const db = new Database(from, { timeout: 10_000 })
  try {
    db.prepare('VACUUM INTO ?').run(to)
  } finally {
    db.close()
  }
  chmodSync(to, 0o600)
  syncFile(to)
  const fault = quickCheck(to)
  if (fault === null) return
  throw new BackupError(
    'backup.unsound',
    `The copy of ${path.basename(from)} does not read back (${fault}) - the disk, its memory or the database itself is failing - run "npm run admin -- check" and look at the machine.`,
  )
}

function describe(draft: string, name: string, wish: BackupWish): BackupManifest {
  const { now: at, reason, version } = wish
  const files = readdirSync(draft)
    .sort()
    .map((file) => ({
      name: file,
      size: statSync(path.join(draft, file)).size,
      sha256: sha256Of(path.join(draft, file)),
    }))
  const facts = readFacts(path.join(draft, 'panel.db'))
  const keys = Boolean(wish.sealedKeys)
  const manifest: BackupManifest = { format: 1, name, at, reason, version, ...facts, files, keys }
  const { identity } = wish
  return identity === undefined ? manifest : { ...manifest, proof: proofOf(manifest, identity) }
}

/** Gives the backup its name in one rename, carried over first where that is another disk. */
function finish(draft: string, folder: string, manifest: BackupManifest): void {
  let last = draft
  if (path.resolve(folder) !== path.resolve(path.dirname(draft))) {
    last = path.join(folder, path.basename(draft))
    mkdirSync(last, { mode: 0o700 })
    try {
      for (const { name, sha256 } of manifest.files) {
        copyFileSync(path.join(draft, name), path.join(last, name))
        syncFile(path.join(last, name))
        if (sha256Of(path.join(last, name)) === sha256) continue
        throw new BackupError(
          'backup.unsound',
          `${name} reads back from ${folder} as something else than was written - that disk or share is failing - choose another folder.`,
        )
      }
      copyFileSync(path.join(draft, MANIFEST), path.join(last, MANIFEST))
      syncFile(path.join(last, MANIFEST))
    } catch (error) {
      rmSync(last, { recursive: true, force: true })
      throw error
    }
  }
  renameSync(last, path.join(folder, manifest.name))
  syncFile(folder)
}

/** SHA-256 of a file, read in pieces. */
export function sha256Of(file: string): string {
  const hash = createHash('sha256')
  const piece = Buffer.alloc(1 << 20)
  const handle = openSync(file, 'r')
  try {
    for (let read = readSync(handle, piece); read > 0; read = readSync(handle, piece))
      hash.update(piece.subarray(0, read))
  } finally {
    closeSync(handle)
  }
  return hash.digest('hex')
}

/** Waits until a file, or a folder's names, are on the disk; a share that cannot say is believed. */
export function syncFile(file: string): void {
  const handle = openSync(file, 'r')
  try {
    fsyncSync(handle)
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error
  } finally {
    closeSync(handle)
  }
}

function refuseFullDisk(folder: string, needed: number): void {
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  if (free >= needed + SPARE) return
  throw new BackupError(
    'backup.no-room',
    `There is no room for a backup in ${folder} - ${toMib(free)} MiB are free and it takes ${toMib(needed + SPARE)} MiB - free some space, keep fewer backups, or choose another folder.`,
  )
}

const toMib = (bytes: number): number => Math.ceil(bytes / 2 ** 20)

function sizeWithWal(file: string): number {
  return [file, `${file}-wal`].reduce(
    (sum, each) => sum + (statSync(each, { throwIfNoEntry: false })?.size ?? 0),
    0,
  )
}

function clearPartials(folder: string): void {
  for (const name of readdirSync(folder))
    if (name.startsWith(PARTIAL)) rmSync(path.join(folder, name), { recursive: true, force: true })
}

/** Two in one second get a number, as a name is never used twice. */
function freeName(folder: string, name: string): string {
  let free = name
  for (let n = 2; existsSync(path.join(folder, free)); n++) free = `${name}-${n}`
  return free
}

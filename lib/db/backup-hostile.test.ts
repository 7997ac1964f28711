import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { backupsIn, getBackup, listBackups, MANIFEST, readManifest } from './backup'
import { findExpired, KEEP } from './backup-keep'
import { makeBackup } from './backup-make'
import { isProved } from './backup-proof'
import { tarOf } from './backup-tar'
import { findFault, restore } from './restore'
import { tempDb } from './testing/temp-db'

const NOW = Date.UTC(2026, 10, 24, 2, 30)

/** A backup as somebody finds it who can write to the share that it lies on. */
async function onTheShare() {
  const { dataDir } = await tempDb()
  const folder = backupsIn(dataDir)
  const wish = { dataDir, folder, known: false, reason: 'asked', version: '1.0.0' } as const
  const manifest = makeBackup({ ...wish, now: NOW })
  const backup = path.join(folder, manifest.name)
  const write = (changed: object) =>
    writeFileSync(path.join(backup, MANIFEST), JSON.stringify({ ...manifest, ...changed }))
  const migrationsDir = path.resolve('prisma/migrations')
  const restoring = () => restore({ dataDir, backup, migrationsDir, by: 'root', now: NOW })
  return { dataDir, folder, manifest, backup, write, restoring }
}

const file = { name: 'panel.db', size: 1, sha256: '0'.repeat(64) }
const LIES: [string, object][] = [
  ['a name that is a path', { name: '../../../etc/cron.d/drawbridge' }],
  ['a time after the end of days', { at: 1e300 }],
  ['a time before the beginning', { at: -1 }],
  ['half a time', { at: 0.5 }],
  ['a version that steers a terminal', { version: '\u001b[2J\u001b]0;root\u0007' }],
  ['a version that is no text', { version: { toString: 1 } }],
  ['a migration that is markup', { migration: '<script>' }],
  ['a panel of another kind', { panelId: 7 }],
  ['an end of the audit log that is none', { audit: { seq: 'x', hash: 'y' } }],
  ['a proof that is none', { proof: 'yes' }],
  ['keys that are neither there nor not', { keys: 'yes' }],
  ['a file of less than nothing', { files: [{ ...file, size: -1e15 }] }],
  ['the same file twice', { files: [file, file] }],
]

test.each(LIES)('a manifest with %s is none, and nothing fails at it', async (_, lie) => {
  const { folder, write, restoring } = await onTheShare()
  write(lie)
  const found = listBackups(folder)
  expect(found).toMatchObject([{ manifest: null, fault: expect.stringMatching(/another shape/) }])
  expect(findExpired(found, KEEP, 'UTC')).toEqual([])
  await expect(restoring()).rejects.toMatchObject({ code: 'backup.other-format' })
})

test('a backup proves by the panel’s key that nobody changed it, in whichever part', async () => {
  const { dataDir, folder } = await onTheShare()
  const [identity, other] = ['AGE-SECRET-KEY-1', 'AGE-SECRET-KEY-2']
  const wish = { dataDir, folder, known: false, reason: 'asked', version: '1.0.0' } as const
  const manifest = makeBackup({ ...wish, identity, now: NOW + 1000 })
  expect(readManifest(path.join(folder, manifest.name))).toEqual(manifest)
  expect(isProved(manifest, `${identity}\n`)).toBe(true)
  expect(isProved(manifest, other)).toBe(false)
  expect(isProved(manifest, null)).toBe(false)
  const { proof: _, ...without } = manifest
  expect(isProved(without, identity)).toBe(false)
  const files = manifest.files.map((each) => ({ ...each, sha256: '0'.repeat(64) }))
  for (const lie of [{ files }, { at: 1 }, { panelId: 'other' }, { proof: '0'.repeat(64) }])
    expect(isProved({ ...manifest, ...lie }, identity)).toBe(false)
})

test('a manifest without an end is not read', async () => {
  const { folder, backup } = await onTheShare()
  truncateSync(path.join(backup, MANIFEST), 3 * 2 ** 30)
  expect(listBackups(folder)).toMatchObject([{ manifest: null }])
})

test('a pipe in its place is not waited for', async () => {
  const { folder, backup, restoring } = await onTheShare()
  rmSync(path.join(backup, MANIFEST))
  execFileSync('mkfifo', [path.join(backup, MANIFEST)])
  expect(listBackups(folder)).toMatchObject([{ manifest: null }])
  await expect(restoring()).rejects.toMatchObject({ code: 'backup.no-manifest' })
})

test('a pipe in place of the database is not waited for', async () => {
  const { manifest, backup, restoring } = await onTheShare()
  rmSync(path.join(backup, 'panel.db'))
  execFileSync('mkfifo', [path.join(backup, 'panel.db')])
  expect(findFault(backup, manifest)).toBe('panel.db is no plain file')
  await expect(restoring()).rejects.toMatchObject({ code: 'restore.damaged' })
})

test('a link to the panel’s keys is not carried out with a download', async () => {
  const { dataDir, manifest, backup, restoring } = await onTheShare()
  mkdirSync(path.join(dataDir, 'keys'))
  const key = path.join(dataDir, 'keys', 'provisioner.key')
  writeFileSync(key, 'AGE-SECRET-KEY')
  rmSync(path.join(backup, 'panel.db'))
  symlinkSync(key, path.join(backup, 'panel.db'))
  const taken: Buffer[] = []
  const taking = async () => {
    for await (const piece of tarOf(backup, manifest)) taken.push(Buffer.from(piece))
  }
  await expect(taking()).rejects.toMatchObject({ code: 'ELOOP' })
  expect(Buffer.concat(taken).includes('AGE-SECRET-KEY')).toBe(false)
  await expect(restoring()).rejects.toThrow(/no plain file/)
  expect(readFileSync(key, 'utf8')).toBe('AGE-SECRET-KEY')
})

test('a file that is longer than it says is refused before it fills the disk', async () => {
  const { dataDir, backup, restoring } = await onTheShare()
  truncateSync(path.join(backup, 'panel.db'), 2 ** 40)
  const before = readdirSync(dataDir).sort()
  await expect(restoring()).rejects.toThrow(/not as long as/)
  expect(readdirSync(dataDir).sort()).toEqual(before)
})

test('a manifest that gives another backup’s name lets none expire in its place', async () => {
  const { folder, manifest } = await onTheShare()
  const other = '2020-01-01T00-00-00Z-scheduled'
  renameSync(path.join(folder, manifest.name), path.join(folder, other))
  expect(listBackups(folder)).toMatchObject([{ name: other, manifest: null }])
})

test('a link in place of a backup is none', async () => {
  const { folder, manifest, backup } = await onTheShare()
  const link = '2020-01-01T00-00-00Z-asked'
  symlinkSync(backup, path.join(folder, link))
  expect(() => getBackup(folder, link)).toThrow(/no backup/)
  expect(listBackups(folder).map(({ name }) => name)).toEqual([manifest.name])
})

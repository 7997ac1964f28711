import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import Database from 'libsql'
import { expect, onTestFinished, test } from 'vitest'
import { hashPassword } from '@/lib/auth/password'
import { createAccount } from '@/lib/db/accounts'
import { openDb } from '@/lib/db/client'
import { databaseIn, takeDataFolder } from '@/lib/db/data-folder'
import { ensureProvisionerKey, readRecipient } from '@/lib/db/secret-keys'
import { readIdentity } from '@/lib/db/secret-open'
import { makeKit } from '@/lib/db/secret-open/kit'
import { putSealed, seal } from '@/lib/db/secrets'
import { tempDb } from '@/lib/db/testing/temp-db'

/** The program as `npm run admin` runs it, as a process of its own, from the sources. */
async function admin(dataDir: string, args: string[], input = '') {
  const program = path.join(import.meta.dirname, 'main.ts')
  const argv = ['--import', 'tsx', program, ...args, '--data', dataDir]
  const child = spawn(process.execPath, argv, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, PUBLIC_URL: 'https://panel.lan' },
  })
  child.stdin.end(input)
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.once('close', resolve)),
  ])
  return { out, err, code }
}

/** A panel's data with one person, who has a session and a second factor, and one secret. */
async function withAda() {
  const { db, dataDir } = await tempDb()
  const id = await createAccount(db, {
    ...{ name: 'Ada', role: 'viewer' as const, now: 1 },
    passwordHash: await hashPassword('the old password of ada'),
  })
  await db.user.update({ where: { id }, data: { totpSealed: 'x', totpSince: new Date(1) } })
  const signIn = () =>
    db.session.create({
      data: {
        ...{ id: 's', token: 't', userId: id, expiresAt: new Date(Date.now() + 1e9) },
        ...{ createdAt: new Date(1), updatedAt: new Date(1) },
      },
    })
  await ensureProvisionerKey(dataDir)
  const sealed = await seal(await readRecipient(dataDir), 'hunter2')
  await putSealed(db, { name: 'connections/c/token', at: 1, by: 'ada', sealed })
  const told = async () =>
    (await db.auditEntry.findMany({ orderBy: { seq: 'asc' } })).map(
      ({ action, via }) => `${via} ${action}`,
    )
  return { db, dataDir, id, signIn, told }
}

test('people: listed, let in again, made an admin, signed out; all of it written down', async () => {
  const { db, dataDir, signIn, told } = await withAda()
  expect((await admin(dataDir, ['list-people'])).out).toMatch(/^Ada +viewer +password/)

  const link = await admin(dataDir, ['reset-password', 'ada'])
  expect(link.out).toMatch(/https:\/\/panel\.lan\/invite#[\w-]{43}\n$/)
  await signIn()
  const before = await db.account.findFirstOrThrow()
  const weak = await admin(dataDir, ['reset-password', 'ada', '--password'], 'short\n')
  expect(weak).toMatchObject({ code: 1, err: expect.stringContaining('admin.short-password') })
  const set = await admin(
    dataDir,
    ['reset-password', 'ada', '--password'],
    'a new sentence of ada 7\n',
  )
  expect(set).toMatchObject({ code: 0, err: '' })
  expect((await db.account.findFirstOrThrow()).password).not.toBe(before.password)
  expect(await db.session.count()).toBe(0)

  await admin(dataDir, ['disable-second-factor', 'Ada'])
  expect(await db.user.findFirst()).toMatchObject({ totpSealed: null, totpSince: null })
  await admin(dataDir, ['make-admin', 'Ada'])
  expect(await db.user.findFirst()).toMatchObject({ role: 'admin' })
  await signIn()
  expect((await admin(dataDir, ['sign-out', '--all'])).out).toMatch(/^1 sessions ended/)
  expect(await db.session.count()).toBe(0)
  expect(await told()).toEqual([
    ...['box account.reset', 'box account.reset', 'box person.second-factor-reset'],
    ...['box person.change', 'box person.sessions-end'],
  ])
}, 120_000)

test('what is typed wrongly is code 2, what cannot be done code 1, each with a sentence', async () => {
  const { dataDir } = await withAda()
  expect((await admin(dataDir, ['help'])).out).toContain('restore <name or path>')
  expect(await admin(dataDir, ['explode'])).toMatchObject({ code: 2, out: '' })
  expect(await admin(dataDir, ['make-admin'])).toMatchObject({ code: 2 })
  expect(await admin(dataDir, ['check', '--yes'])).toMatchObject({ code: 2 })
  const nobody = await admin(dataDir, ['make-admin', 'bob'])
  expect(nobody).toMatchObject({ code: 1, err: expect.stringMatching(/nobody called "bob"/) })
  expect(await admin(dataDir, ['setup-link'])).toMatchObject({ code: 1 })
  const empty = path.join(dataDir, 'empty')
  mkdirSync(empty)
  const none = await admin(empty, ['list-people'])
  expect(none).toMatchObject({ code: 1, err: expect.stringMatching(/There is no panel in/) })
  expect(readdirSync(empty)).toEqual([])
}, 120_000)

test('backup, loss, restore with keys; refused while a panel runs', async () => {
  const { db, dataDir } = await withAda()
  const made = await admin(dataDir, ['backup', '--keys'], 'six words nobody would ever guess\n')
  expect(made).toMatchObject({ code: 0, err: '' })
  const name = /([\dTZ-]+-box)/.exec(made.out)?.[1] ?? ''
  const listed = await admin(dataDir, ['backups'])
  expect(listed.out).toMatch(/-box .* with keys +sound/)

  await db.user.deleteMany()
  await db.$disconnect()
  renameSync(path.join(dataDir, 'keys'), path.join(dataDir, 'lost-keys'))
  const running = takeDataFolder(dataDir)
  const refused = await admin(dataDir, ['restore', name, '--yes'])
  expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/panel runs on .*stop it/) })
  running.release()

  expect(await admin(dataDir, ['restore', name])).toMatchObject({ code: 1 })
  const args = ['restore', name, '--keys', '--yes']
  const wrong = await admin(dataDir, args, 'another passphrase\n')
  expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('wrong-passphrase') })
  const done = await admin(dataDir, args, 'six words nobody would ever guess\n')
  expect(done).toMatchObject({ code: 0, err: '' })
  const again = await openDb(databaseIn(dataDir))
  expect(await again.user.count()).toBe(1)
  await again.$disconnect()
  expect(await admin(dataDir, ['check'])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/keys +they open every secret/),
  })
}, 120_000)

test('a backup that somebody changed on its share is not restored unless that is said', async () => {
  const { db, dataDir } = await withAda()
  expect(await admin(dataDir, ['backup'])).toMatchObject({ code: 0 })
  await db.$disconnect()
  const [name = ''] = readdirSync(path.join(dataDir, 'backups'))
  const share = mkdtempSync(path.join(path.dirname(dataDir), 'drawbridge-share-'))
  onTestFinished(() => rmSync(share, { recursive: true, force: true }))
  const lying = path.join(share, name)
  cpSync(path.join(dataDir, 'backups', name), lying, { recursive: true })
  expect(await admin(dataDir, ['restore', lying, '--yes'])).toMatchObject({ code: 0 })

  // Another address in place of the Proxmox's, with the hashes of the files made to fit.
  const file = path.join(lying, 'panel.db')
  const changed = new Database(file)
  changed.exec(`UPDATE "User" SET "role" = 'admin'`)
  changed.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode=DELETE')
  changed.close()
  const manifest = JSON.parse(readFileSync(path.join(lying, 'manifest.json'), 'utf8'))
  const bytes = readFileSync(file)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const files = [{ name: 'panel.db', size: bytes.length, sha256 }]
  writeFileSync(path.join(lying, 'manifest.json'), JSON.stringify({ ...manifest, files }))
  const refused = await admin(dataDir, ['restore', lying, '--yes'])
  expect(refused).toMatchObject({
    ...{ code: 1, err: '' },
    out: expect.stringMatching(/cannot be proved[\s\S]*Nothing was done.*--yes --unproved/),
  })
  const roles = async () => {
    const now = await openDb(databaseIn(dataDir))
    const found = (await now.user.findMany()).map(({ role }) => role)
    await now.$disconnect()
    return found
  }
  expect(await roles()).toEqual(['viewer'])
  expect(await admin(dataDir, ['restore', lying, '--yes', '--unproved'])).toMatchObject({ code: 0 })
  expect(await roles()).toEqual(['admin'])
}, 120_000)

test('a lost key comes back from the kit, is rotated, and what is lost for good is forgotten', async () => {
  const { db, dataDir, told } = await withAda()
  const passphrase = 'correct horse battery staple and more'
  const kit = await makeKit(await readIdentity(dataDir), passphrase)
  const key = path.join(dataDir, 'keys', 'provisioner.key')
  renameSync(key, `${key}.lost`)
  const checked = await admin(dataDir, ['check'])
  expect(checked).toMatchObject({ code: 1, out: expect.stringMatching(/FAULT +keys/) })
  const restored = await admin(dataDir, ['restore-key'], `${kit}\n${passphrase}\n`)
  expect(restored).toMatchObject({ code: 0, out: expect.stringContaining('opens every secret') })
  expect(existsSync(key)).toBe(true)

  expect(await admin(dataDir, ['rotate-key'])).toMatchObject({ code: 1 })
  expect(await admin(dataDir, ['rotate-key', '--yes'])).toMatchObject({ code: 0 })
  const old = await admin(dataDir, ['restore-key'], `${kit}\n${passphrase}\n`)
  expect(old).toMatchObject({ code: 1, out: expect.stringContaining('does not open 1 secrets') })
  expect(await admin(dataDir, ['forget-secrets', '--yes'])).toMatchObject({ code: 0 })
  expect(await db.sealedSecret.count()).toBe(0)
  expect(new Set(await told())).toEqual(
    new Set(['box kit.restore', 'box secret.rotate-key', 'box secret.remove']),
  )
}, 120_000)

test('a damaged database is found, and restored although it cannot say where backups are', async () => {
  const { db, dataDir } = await withAda()
  const made = await admin(dataDir, ['backup'])
  const name = /([\dTZ-]+-box)/.exec(made.out)?.[1] ?? ''
  await db.$disconnect()
  for (const file of ['panel.db-wal', 'panel.db-shm'])
    if (existsSync(path.join(dataDir, file)))
      renameSync(path.join(dataDir, file), path.join(dataDir, `x${file}`))
  writeFileSync(databaseIn(dataDir), 'no database'.repeat(1000))
  expect(await admin(dataDir, ['check'])).toMatchObject({ code: 1 })
  expect((await admin(dataDir, ['backups'])).out).toContain(name)
  expect(await admin(dataDir, ['restore', name, '--yes'])).toMatchObject({ code: 0 })
  expect(await admin(dataDir, ['list-people'])).toMatchObject({ code: 0 })
}, 120_000)

import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ensureProvisionerKey, identityFile, keysDir, readRecipient } from '../secret-keys'
import { openSealed, readIdentity } from '../secret-open'
import { findSealed, listSealed, putSealed, seal } from '../secrets'
import { tempDb } from '../testing/temp-db'
import { makeKit, restoreKey, unreadableSecrets } from './kit'
import { rotateIdentity, settleRotation } from './rotate'

const NAMES = ['connections/lab/token', 't/x/document/a', 't/x/ssh-user-key']
const PASSPHRASE = 'gotham river lantern copper signal tower'

async function filled() {
  const { db, dataDir } = await tempDb()
  await ensureProvisionerKey(dataDir)
  const recipient = await readRecipient(dataDir)
  for (const name of NAMES)
    await putSealed(db, { name, sealed: await seal(recipient, `value of ${name}`), at: 5, by: 'a' })
  return { db, dataDir }
}
type Filled = Awaited<ReturnType<typeof filled>>

async function valuesOf({ db, dataDir }: Filled): Promise<string[]> {
  const identity = await readIdentity(dataDir)
  return Promise.all(
    NAMES.map(async (name) =>
      (await openSealed(identity, name, (await findSealed(db, name)) ?? '')).reveal(),
    ),
  )
}
const VALUES = NAMES.map((name) => `value of ${name}`)

test('a rotated key opens every secret, the old one none; versions and dates stay', async () => {
  const home = await filled()
  const old = await readIdentity(home.dataDir)
  const before = await listSealed(home.db)
  const { secrets, from, to } = await rotateIdentity(home.db, home.dataDir, 9)
  expect([secrets, to]).toEqual([3, await readRecipient(home.dataDir)])
  expect(from).not.toBe(to)
  expect(await valuesOf(home)).toEqual(VALUES)
  expect(await listSealed(home.db)).toEqual(before)
  const sealed = (await findSealed(home.db, NAMES[0]!)) ?? ''
  await expect(openSealed(old, 'n', sealed)).rejects.toMatchObject({ code: 'secret.unreadable' })
  const entry = await home.db.auditEntry.findFirstOrThrow()
  expect(entry).toMatchObject({ action: 'secret.rotate-key', via: 'box' })
})

test('a power cut at any instant of a rotation leaves every secret readable', async () => {
  const home = await filled()
  const next = path.join(keysDir(home.dataDir), 'provisioner.key.next')

  // Before the transaction: the new key is on the disk, half or whole, and nothing is sealed to it.
  for (const left of ['AGE-SECRET-KEY-1QQ', await rotatedKey()]) {
    await writeFile(next, left)
    await settleRotation(home.db, home.dataDir)
    expect(await valuesOf(home)).toEqual(VALUES)
  }

  // After the transaction, before the rename: what rotateIdentity leaves, put back by one step.
  const oldKey = await readFile(identityFile(home.dataDir), 'utf8')
  const oldRecipient = await readRecipient(home.dataDir)
  await rotateIdentity(home.db, home.dataDir, 9)
  await rename(identityFile(home.dataDir), next)
  await writeFile(identityFile(home.dataDir), oldKey)
  await writeFile(path.join(keysDir(home.dataDir), 'provisioner.pub'), oldRecipient)
  await settleRotation(home.db, home.dataDir)
  expect(await valuesOf(home)).toEqual(VALUES)

  // After the rename, before the public key followed.
  await writeFile(path.join(keysDir(home.dataDir), 'provisioner.pub'), oldRecipient)
  await settleRotation(home.db, home.dataDir)
  await ensureProvisionerKey(home.dataDir)
  expect(await valuesOf(home)).toEqual(VALUES)
  expect(await readRecipient(home.dataDir)).not.toBe(oldRecipient)
})

/** A whole key of another panel. */
async function rotatedKey(): Promise<string> {
  const { dataDir } = await filled()
  return readFile(identityFile(dataDir), 'utf8')
}

test('a secret that does not open stops the rotation, and nothing is changed', async () => {
  const home = await filled()
  await putSealed(home.db, { name: 'broken', sealed: 'nonsense', at: 1, by: 'a' })
  await expect(rotateIdentity(home.db, home.dataDir, 9)).rejects.toMatchObject({
    code: 'secret.unreadable',
  })
  await settleRotation(home.db, home.dataDir)
  expect(await valuesOf(home)).toEqual(VALUES)
  expect(await unreadableSecrets(home.db, home.dataDir)).toEqual(['broken'])
})

test('a kit brings the key back on an empty folder, also typed with other line breaks', async () => {
  const home = await filled()
  const kit = await makeKit(await readIdentity(home.dataDir), PASSPHRASE)
  expect(kit.length).toBeLessThan(700)
  await rm(keysDir(home.dataDir), { recursive: true })
  const [begin = '', ...rest] = kit.trim().split('\n')
  const body = rest
    .slice(0, -1)
    .join('')
    .replaceAll(/(.{4})/g, '$1 ')
  const sheet = `Drawbridge recovery kit\n${begin}\n${body}\n\n${rest.at(-1)}\nkeep it safe`
  await expect(restoreKey(home.dataDir, sheet, `${PASSPHRASE}x`)).rejects.toMatchObject({
    code: 'kit.wrong-passphrase',
  })
  expect((await restoreKey(home.dataDir, sheet, PASSPHRASE)).kept).toBeNull()
  expect(await valuesOf(home)).toEqual(VALUES)
})

test('a restored key never overwrites another one without keeping it', async () => {
  const [mine, other] = [await filled(), await filled()]
  const kit = await makeKit(await readIdentity(mine.dataDir), PASSPHRASE)
  const was = await readFile(identityFile(other.dataDir), 'utf8')
  const { kept, recipient } = await restoreKey(other.dataDir, kit, PASSPHRASE)
  expect(recipient).toBe(await readRecipient(mine.dataDir))
  expect(await readFile(kept ?? '', 'utf8')).toBe(was)
  expect(await unreadableSecrets(other.db, other.dataDir)).toEqual(NAMES)
  await expect(restoreKey(other.dataDir, 'no kit', PASSPHRASE)).rejects.toMatchObject({
    code: 'kit.unreadable',
  })
})

test('without its private key the provisioner makes no new pair over the secrets', async () => {
  const { dataDir } = await filled()
  await rm(identityFile(dataDir))
  await expect(ensureProvisionerKey(dataDir)).rejects.toMatchObject({
    code: 'secret.no-key',
    message: expect.stringContaining('recovery kit'),
  })
})

test.each(['short', 'aaaaaaaaaaaaaaaaaaaa', 'one two three', ' padded padded padded'])(
  'the passphrase %j is refused',
  async (passphrase) => {
    const { dataDir } = await filled()
    await expect(makeKit(await readIdentity(dataDir), passphrase)).rejects.toMatchObject({
      code: 'kit.weak-passphrase',
    })
  },
)

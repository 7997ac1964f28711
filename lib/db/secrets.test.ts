import { readFile, stat } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { ensureAuthSecret, ensureProvisionerKey, identityFile, readRecipient } from './secret-keys'
import { openSealed, readIdentity } from './secret-open'
import { ensureSealed, findSealed, listSealed, putSealed, removeSealed, seal } from './secrets'
import { tempDataDir, tempDb } from './testing/temp-db'

const entry = (name: string, sealed: string) => ({ name, sealed, at: 5, by: 'ada' })

test('what is sealed to the public key is opened by the private one alone', async () => {
  const [mine, other] = [await tempDataDir(), await tempDataDir()]
  await ensureProvisionerKey(mine)
  await ensureProvisionerKey(other)
  const sealed = await seal(await readRecipient(mine), 'hunter2 ä')

  expect(sealed).not.toContain('hunter2')
  expect((await openSealed(await readIdentity(mine), 'n', sealed)).reveal()).toBe('hunter2 ä')
  await expect(openSealed(await readIdentity(other), 'n', sealed)).rejects.toMatchObject({
    code: 'secret.unreadable',
  })
})

test('the files that the web process reads hold nothing that opens a secret', async () => {
  const dataDir = await tempDataDir()
  await ensureProvisionerKey(dataDir)
  expect(await readRecipient(dataDir)).toMatch(/^age1[0-9a-z]+$/)
  for (const file of ['./secrets.ts', './secret-keys.ts']) {
    const source = await readFile(new URL(file, import.meta.url), 'utf8')
    expect(source).not.toContain('Decrypter')
  }
})

test('keys are made once, by whoever comes first, and only the owner may read them', async () => {
  const dataDir = await tempDataDir()
  await Promise.all(Array.from({ length: 8 }, () => ensureProvisionerKey(dataDir)))
  const first = await readFile(identityFile(dataDir), 'utf8')
  await ensureProvisionerKey(dataDir)
  expect(await readFile(identityFile(dataDir), 'utf8')).toBe(first)
  expect((await stat(identityFile(dataDir))).mode & 0o777).toBe(0o600)

  const secrets = await Promise.all([ensureAuthSecret(dataDir), ensureAuthSecret(dataDir)])
  expect(new Set(secrets).size).toBe(1)
})

test('without a key the message says where it belongs', async () => {
  await expect(readRecipient(await tempDataDir())).rejects.toMatchObject({ code: 'secret.no-key' })
})

test('the first who ensures a name wins, a put replaces, a removed one is gone', async () => {
  const { db } = await tempDb()
  const stored = await Promise.all(
    ['a', 'b', 'c'].map((sealed) => ensureSealed(db, entry('t/x/key', sealed))),
  )
  expect(new Set(stored).size).toBe(1)

  await putSealed(db, entry('t/x/key', 'new'))
  await putSealed(db, entry('connections/lab/token', 'other'))
  expect(await findSealed(db, 't/x/key')).toBe('new')
  expect(await listSealed(db, 't/')).toEqual([{ name: 't/x/key', at: 5, by: 'ada', version: 2 }])

  await removeSealed(db, 't/x/key')
  await removeSealed(db, 't/x/key')
  expect(await findSealed(db, 't/x/key')).toBeNull()
})

test('a document secret that comes again goes on from its last version', async () => {
  const { db } = await tempDb()
  const name = 't/x/document/password'
  await putSealed(db, entry(name, 'one'))
  await putSealed(db, entry(name, 'two'))
  await removeSealed(db, name)
  await ensureSealed(db, entry(name, 'three'))
  expect((await listSealed(db)).map(({ version }) => version)).toEqual([3])
  await removeSealed(db, name)
  await putSealed(db, entry(name, 'four'))
  expect((await listSealed(db)).map(({ version }) => version)).toEqual([4])
})

/**
 * The provisioner's key is replaced here. Only processes that may open secrets import this file.
 *
 * Two places have to agree, the key file and the database, and no write reaches both at once. So:
 * the new key is flushed to `provisioner.key.next`; one transaction seals everything anew and says
 * to which public key (`secrets.recipient`); then the file takes its place. Whoever finds a `.next`
 * file asks the database which of the two is in force, so a power cut at any instant loses nothing.
 */
import { readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { assert } from '@/lib/base/assert'
import type { Secret } from '@/lib/base/secret'
import { appendAudit } from '../audit'
import type { Db } from '../client'
import {
  ensureProvisionerKey,
  flushFolder,
  identityFile,
  keysDir,
  nullIf,
  writeFlushed,
} from '../secret-keys'
import { openSealed, readIdentity } from '../secret-open'
import { KIT_MADE_SETTING, seal } from '../secrets'
import { findSetting, putSetting } from '../settings'
import { transact } from '../transact'

/** Setting: the public key that the rows are sealed to since the last rotation. */
const RECIPIENT_SETTING = 'secrets.recipient'

const nextFile = (dataDir: string) => path.join(keysDir(dataDir), 'provisioner.key.next')

/** What a rotation did: how many secrets were sealed anew, and the public keys before and after. */
export type Rotation = { secrets: number; from: string; to: string }

/**
 * Makes a new key pair and seals every secret to it, all or none. The panel must not run meanwhile
 * (take the data folder first): a running provisioner would go on with the old key. Recovery kits
 * made before open nothing any more. `now` is UTC milliseconds. Throws `secret.unreadable` if one
 * secret does not open with the present key: nothing is changed then.
 */
export async function rotateIdentity(db: Db, dataDir: string, now: number): Promise<Rotation> {
  await settleRotation(db, dataDir)
  await ensureProvisionerKey(dataDir)
  const identity = await readIdentity(dataDir)
  const from = await identityToRecipient(identity.reveal())
  const next = await generateX25519Identity()
  const to = await identityToRecipient(next)
  await writeFlushed(nextFile(dataDir), `${next}\n`)
  const sealedAnew = await sealAnew(db, identity, to)
  await transact(db, async (tx) => {
    await putSetting(tx, RECIPIENT_SETTING, to)
    for (const { name, was, sealed } of sealedAnew) {
      const { count } = await tx.sealedSecret.updateMany({
        where: { name, sealed: was },
        data: { sealed },
      })
      assert(count === 1, `${name} was written while the key was replaced`)
    }
    assert((await tx.sealedSecret.count()) === sealedAnew.length, 'a secret came meanwhile')
    await tx.setting.deleteMany({ where: { key: KIT_MADE_SETTING } })
    const note = {
      action: 'secret.rotate-key',
      object: { kind: 'panel', id: 'provisioner.key' },
      before: from,
      after: to,
      note: `${sealedAnew.length} secrets were sealed anew.`,
    } as const
    await appendAudit(tx, { id: null, name: 'box', via: 'box', from: null }, note, now)
  })
  await settleRotation(db, dataDir)
  return { secrets: sealedAnew.length, from, to }
}

async function sealAnew(db: Db, identity: Secret, recipient: string) {
  const rows = await db.sealedSecret.findMany()
  return Promise.all(
    rows.map(async ({ name, sealed: was }) => {
      const value = await openSealed(identity, name, was)
      return { name, was, sealed: await seal(recipient, value.reveal()) }
    }),
  )
}

/**
 * Ends a rotation that was cut off, forwards if the secrets are sealed to the new key, else back.
 * Every process that opens secrets calls it before it reads the key. Does nothing without one.
 */
export async function settleRotation(db: Db, dataDir: string): Promise<void> {
  const next = await readFile(nextFile(dataDir), 'utf8').catch(nullIf('ENOENT'))
  if (next === null) return
  const sealedTo = await findSetting<string>(db, RECIPIENT_SETTING)
  if (await isIdentityOf(next.trim(), sealedTo)) {
    await rename(nextFile(dataDir), identityFile(dataDir))
    await flushFolder(keysDir(dataDir))
    await ensureProvisionerKey(dataDir)
  } else await rm(nextFile(dataDir))
}

/** Half a key, cut off while it was written, is nobody's. */
async function isIdentityOf(text: string, recipient: string | null): Promise<boolean> {
  if (!/^AGE-SECRET-KEY-1[0-9A-Z]{58}$/.test(text)) return false
  return (await identityToRecipient(text)) === recipient
}

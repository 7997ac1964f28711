/**
 * The recovery kit: the provisioner's key, sealed to a passphrase, as a text that fits on paper. Only
 * processes that may open secrets import this file. Any age tool opens it as well.
 */
import { link, mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { armor, Decrypter, Encrypter, identityToRecipient } from 'age-encryption'
import { PanelError } from '@/lib/base/errors'
import { whyWeak } from '@/lib/base/passphrase'
import type { Secret } from '@/lib/base/secret'
import type { Db } from '../client'
import { identityFile, keysDir, nullIf, recipientFile, replaceFile } from '../secret-keys'
import { openSealed, readIdentity } from '../secret-open'

/** log2 of scrypt's work: 32 MiB and a tenth of a second on a Raspberry Pi, once per guess. */
const WORK = 15

const BEGIN = '-----BEGIN AGE ENCRYPTED FILE-----'
const END = '-----END AGE ENCRYPTED FILE-----'

/** The key as an armoured age file (scrypt). Throws `kit.weak-passphrase`. */
export async function makeKit(identity: Secret, passphrase: string): Promise<string> {
  const weak = whyWeak(passphrase)
  if (weak !== null) throw new KitError('kit.weak-passphrase', weak)
  const encrypter = new Encrypter()
  encrypter.setPassphrase(passphrase)
  encrypter.setScryptWorkFactor(WORK)
  return armor.encode(await encrypter.encrypt(identity.reveal()))
}

/** What was put back: its public key, and where the key that it replaced is kept (null: none). */
export type Restored = { recipient: string; kept: string | null }

/**
 * Puts the key of a kit back into the data folder. `kitText` may be the whole printed sheet, typed or
 * scanned: spaces and line breaks within the block do not count. The panel must not run meanwhile.
 * Throws `kit.unreadable` (no kit in the text, or damaged) or `kit.wrong-passphrase`.
 */
export async function restoreKey(
  dataDir: string,
  kitText: string,
  passphrase: string,
): Promise<Restored> {
  const identity = await openKit(kitText, passphrase)
  const recipient = await identityToRecipient(identity)
  const file = identityFile(dataDir)
  await mkdir(keysDir(dataDir), { recursive: true, mode: 0o700 })
  const held = await readFile(file, 'utf8').catch(nullIf('ENOENT'))
  let kept: string | null = null
  if (held !== null && held.trim() !== identity) {
    const old = await identityToRecipient(held.trim()).catch(() => 'damaged')
    kept = path.join(keysDir(dataDir), `provisioner.key.before-${old.slice(0, 12)}`)
    await link(file, kept).catch(nullIf('EEXIST'))
  }
  await replaceFile(file, `${identity}\n`)
  await replaceFile(recipientFile(dataDir), `${recipient}\n`)
  return { recipient, kept }
}

async function openKit(kitText: string, passphrase: string): Promise<string> {
  const sealed = decodeKit(kitText)
  let identity: string
  try {
    const decrypter = new Decrypter()
    decrypter.addPassphrase(passphrase)
    identity = (await decrypter.decrypt(sealed, 'text')).trim()
  } catch (cause) {
    throw new KitError(
      'kit.wrong-passphrase',
      'The kit does not open - the passphrase is another one, or a character of the kit is wrong - type both again; upper and lower case count.',
      { cause },
    )
  }
  if (/^AGE-SECRET-KEY-1[0-9A-Z]{58}$/.test(identity)) return identity
  throw new KitError(
    'kit.unreadable',
    'The kit holds something else than a key of this panel - it was made by another tool - find the sheet that the panel printed.',
  )
}

function decodeKit(kitText: string): Uint8Array {
  const from = kitText.indexOf(BEGIN)
  const to = kitText.indexOf(END)
  try {
    if (from < 0 || to < from) throw new Error('no block')
    const block = kitText.slice(from + BEGIN.length, to).replaceAll(/\s+/g, '')
    const lines = block.match(/.{1,64}/g) ?? []
    return armor.decode([BEGIN, ...lines, END, ''].join('\n'))
  } catch (cause) {
    throw new KitError(
      'kit.unreadable',
      'There is no kit in this text - it begins with BEGIN AGE ENCRYPTED FILE and ends with END AGE ENCRYPTED FILE, and nothing of it may be missing - copy all of it.',
      { cause },
    )
  }
}

/** Which stored secrets do not open with the key in the folder; none after a good restore. */
export async function unreadableSecrets(db: Db, dataDir: string): Promise<string[]> {
  const identity = await readIdentity(dataDir)
  const unreadable: string[] = []
  for (const { name, sealed } of await db.sealedSecret.findMany({ orderBy: { name: 'asc' } })) {
    try {
      await openSealed(identity, name, sealed)
    } catch (error) {
      if (!(error instanceof PanelError)) throw error
      unreadable.push(name)
    }
  }
  return unreadable
}

export type KitCode = 'kit.weak-passphrase' | 'kit.wrong-passphrase' | 'kit.unreadable'

/** A kit that cannot be made of this passphrase, or not be opened. */
export class KitError extends PanelError {
  readonly code: KitCode

  constructor(code: KitCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

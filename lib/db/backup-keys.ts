import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { armor, Decrypter, Encrypter } from 'age-encryption'
import type { Secret } from '@/lib/base/secret'
import { BackupError } from './backup'
import { keysDir, nullIf } from './secret-keys'

/** Scrypt's cost as a power of two: about a second on a Raspberry Pi 5, the default of age. */
const WORK_FACTOR = 18
/** A key's file name; nothing that leads out of the folder. */
const KEY_NAME = /^[a-z0-9][a-z0-9._-]*$/

/** The authority that every device was made to trust; the panel's certificate is made anew from it. */
const AUTHORITY = ['tls/ca.key', 'tls/ca.crt']

/**
 * Every file of the panel's keys and its certificate authority, sealed to a passphrase: an armoured age
 * file of `{name: text}`. A name is that of a file in `keys/`, or begins with `tls/`.
 */
export async function sealKeys(dataDir: string, passphrase: Secret): Promise<string> {
  const files: Record<string, string> = {}
  for (const name of AUTHORITY) {
    const text = await readFile(path.join(dataDir, name), 'utf8').catch(nullIf('ENOENT'))
    if (text !== null) files[name] = text
  }
  for (const name of (await readdir(keysDir(dataDir))).filter((each) => KEY_NAME.test(each)))
    files[name] = await readFile(path.join(keysDir(dataDir), name), 'utf8')
  const encrypter = new Encrypter()
  encrypter.setScryptWorkFactor(WORK_FACTOR)
  encrypter.setPassphrase(passphrase.reveal())
  return armor.encode(await encrypter.encrypt(JSON.stringify(files)))
}

/** What {@link sealKeys} sealed, by file name. Throws `restore.wrong-passphrase`. */
export async function openKeys(
  sealed: string,
  passphrase: Secret,
): Promise<Record<string, string>> {
  let text: string
  try {
    const decrypter = new Decrypter()
    decrypter.addPassphrase(passphrase.reveal())
    text = await decrypter.decrypt(armor.decode(sealed), 'text')
  } catch (cause) {
    throw new BackupError(
      'restore.wrong-passphrase',
      'The keys of this backup do not open - the passphrase is another than the one they were sealed to, or the file is damaged - try again, or restore without --keys and use the recovery kit.',
      { cause },
    )
  }
  const files = JSON.parse(text) as Record<string, string>
  const isOurs = (name: string) => KEY_NAME.test(name) || AUTHORITY.includes(name)
  return Object.fromEntries(Object.entries(files).filter(([name]) => isOurs(name)))
}

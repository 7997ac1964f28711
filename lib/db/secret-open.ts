/**
 * Opens sealed secrets. Only workers/provisioner imports this file: the web process can write
 * secrets and has no way to read them.
 */
import { readFile } from 'node:fs/promises'
import { armor, Decrypter } from 'age-encryption'
import { PanelError } from '@/lib/base/errors'
import { Secret } from '@/lib/base/secret'
import { identityFile, NoKeyError } from './secret-keys'

/** The provisioner's private key (`AGE-SECRET-KEY-1...`). Throws `secret.no-key`. */
export async function readIdentity(dataDir: string): Promise<Secret> {
  const file = identityFile(dataDir)
  try {
    return new Secret((await readFile(file, 'utf8')).trim())
  } catch (cause) {
    throw new NoKeyError(file, { cause })
  }
}

/** What was sealed. Throws `secret.unreadable` if it was sealed to another key or is damaged. */
export async function openSealed(identity: Secret, name: string, sealed: string): Promise<Secret> {
  try {
    const decrypter = new Decrypter()
    decrypter.addIdentity(identity.reveal())
    return new Secret(await decrypter.decrypt(armor.decode(sealed), 'text'))
  } catch (cause) {
    throw new SecretUnreadableError(name, { cause })
  }
}

/** A stored secret does not open with this panel's key. */
export class SecretUnreadableError extends PanelError {
  readonly code = 'secret.unreadable'

  constructor(name: string, options?: ErrorOptions) {
    super(
      `The secret "${name}" cannot be opened - it was sealed to another key, or is damaged - restore keys/provisioner.key from the same backup as the database, or enter the secret again.`,
      options,
    )
  }
}

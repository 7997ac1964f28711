import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { PanelError } from '@/lib/base/errors'

/** The folder of the panel's own keys, mode 0700, beside the database. */
export const keysDir = (dataDir: string) => path.join(dataDir, 'keys')
/** The provisioner's private key: what opens every sealed secret. Back it up; without it they are lost. */
export const identityFile = (dataDir: string) => path.join(keysDir(dataDir), 'provisioner.key')
/** Its public half, an age recipient: all that the web process reads. */
export const recipientFile = (dataDir: string) => path.join(keysDir(dataDir), 'provisioner.pub')

/**
 * Makes the provisioner's key pair at first start; does nothing when it is there. Two processes may
 * call it at once: the file that was created first wins, and the public half always follows it.
 */
export async function ensureProvisionerKey(dataDir: string): Promise<void> {
  const identity = await ensureKeyFile(identityFile(dataDir), generateX25519Identity)
  await writeFile(recipientFile(dataDir), `${await identityToRecipient(identity)}\n`)
}

/** The secret that session cookies are signed with: 32 random bytes in base64url, made once. */
export function ensureAuthSecret(dataDir: string): Promise<string> {
  const file = path.join(keysDir(dataDir), 'auth.secret')
  return ensureKeyFile(file, async () => randomBytes(32).toString('base64url'))
}

/** The public key that secrets are sealed to. Throws `secret.no-key` before the first start made it. */
export async function readRecipient(dataDir: string): Promise<string> {
  const file = recipientFile(dataDir)
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (cause) {
    throw new NoKeyError(file, { cause })
  }
}

/**
 * A key file's content, made with `make()` and mode 0600 if there is none. Linked into place, so
 * that nobody reads half a key.
 */
async function ensureKeyFile(file: string, make: () => Promise<string>): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  const held = await readFile(file, 'utf8').catch(nullIf('ENOENT'))
  if (held !== null) {
    await chmod(file, 0o600)
    return held.trim()
  }
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, `${await make()}\n`, { mode: 0o600, flag: 'wx' })
  await link(draft, file).catch(nullIf('EEXIST'))
  await rm(draft)
  return (await readFile(file, 'utf8')).trim()
}

const nullIf =
  (code: string) =>
  (error: unknown): null => {
    if (error instanceof Error && 'code' in error && error.code === code) return null
    throw error
  }

/** A key that should be beside the database is not there. */
export class NoKeyError extends PanelError {
  readonly code = 'secret.no-key'

  constructor(file: string, options?: ErrorOptions) {
    super(
      `The key ${path.basename(file)} is missing - it belongs in the folder "keys" beside the database - restore it from a backup, or start the panel once to make a new one.`,
      options,
    )
  }
}

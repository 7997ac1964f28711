import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
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
 * Makes the provisioner's key pair at first start; later only sees to it that the public half follows
 * the private one. Two processes may call it at once: the file that was created first wins. Throws
 * `secret.no-key` where a public key is there without its private one: a new pair in its place would
 * make every sealed secret unreadable without a word.
 */
export async function ensureProvisionerKey(dataDir: string): Promise<void> {
  const pub = await readIfThere(recipientFile(dataDir))
  if (pub !== null && (await readIfThere(identityFile(dataDir))) === null)
    throw new NoKeyError(identityFile(dataDir))
  const identity = await ensureKeyFile(identityFile(dataDir), generateX25519Identity)
  const recipient = await identityToRecipient(identity)
  if (pub?.trim() !== recipient) await replaceFile(recipientFile(dataDir), `${recipient}\n`)
}

/**
 * What the web process does instead: where there is a public key it never looks for the private one,
 * which need not be readable for it. Without either it makes the pair, as the first start does.
 */
export async function ensureRecipient(dataDir: string): Promise<void> {
  if ((await readIfThere(recipientFile(dataDir))) === null) await ensureProvisionerKey(dataDir)
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
  const held = await readIfThere(file)
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

/** For a `catch`: null where it is this code of the file system, else the error goes on. */
export const nullIf =
  (code: string) =>
  (error: unknown): null => {
    if (error instanceof Error && 'code' in error && error.code === code) return null
    throw error
  }

const readIfThere = (file: string): Promise<string | null> =>
  readFile(file, 'utf8').catch(nullIf('ENOENT'))

/**
 * Puts a file (mode 0600) in the place of another so that after a power cut either is there, whole:
 * written beside it, flushed, renamed, and the folder flushed.
 */
export async function replaceFile(file: string, content: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  await writeFlushed(draft, content)
  await rename(draft, file)
  await flushFolder(path.dirname(file))
}

/** Writes a new file (mode 0600) and waits until it is on the disk. Fails if there is one. */
export async function writeFlushed(file: string, content: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Waits until a folder's names are on the disk, so that a rename in it outlives a power cut. */
export async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A key that should be beside the database is not there. */
export class NoKeyError extends PanelError {
  readonly code = 'secret.no-key'

  constructor(file: string, options?: ErrorOptions) {
    super(
      `The key ${path.basename(file)} is missing - it belongs in the folder "keys" beside the database - restore it from the recovery kit (npm run admin -- restore-key) or from a backup. Without either, every secret has to be entered again: remove provisioner.pub there and start the panel, which makes a new pair.`,
      options,
    )
  }
}

import { realpath, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { CHILD_PATH } from './environment'
import { HelmError } from './errors'

/** A program as it is started: by itself, or a script by the Node that runs the panel. */
export type Executable = { command: string; before: readonly string[] }

const SCRIPT = /\.[cm]?js$/

/**
 * The program behind a connection's setting: `helm`, looked for in the system's folders, or an
 * absolute path. Throws `helm.not-found`; `helm.unsafe` for what somebody other than root or the
 * panel's own user could put another program in place of: what runs there gets the cluster's keys.
 */
export async function findExecutable(path: string): Promise<Executable> {
  const file = path === 'helm' ? await inSystemFolders(path) : path
  if (!isAbsolute(file)) {
    throw unsafe(
      path,
      'it is not an absolute path, so what it means depends on where the panel runs',
    )
  }
  const real = await realpath(file).catch((cause: unknown) => {
    throw notFound(path, cause)
  })
  const script = SCRIPT.test(real)
  const { mode, uid, gid } = await stat(real)
  if ((mode & 0o170000) !== 0o100000) throw unsafe(path, 'it is no file')
  if (!script && (mode & 0o111) === 0) throw unsafe(path, 'it is not executable')
  mustBeOurs(path, 'it', { mode, uid, gid })
  await foldersMustBeOurs(path, real)
  return script ? { command: process.execPath, before: [real] } : { command: real, before: [] }
}

type Owned = { mode: number; uid: number; gid: number }

function mustBeOurs(path: string, what: string, { mode, uid, gid }: Owned): void {
  const [me, mine] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
  if (uid !== 0 && uid !== me) throw unsafe(path, `${what} belongs to another user (uid ${uid})`)
  if ((mode & 0o002) !== 0) throw unsafe(path, `everybody may write to ${what}`)
  if ((mode & 0o020) !== 0 && gid !== 0 && gid !== mine)
    throw unsafe(path, `another group (gid ${gid}) may write to ${what}`)
}

/** Whoever may write to any folder above it can put another in its place, with the file in it. */
async function foldersMustBeOurs(path: string, real: string): Promise<void> {
  let what = 'its folder'
  for (let at = dirname(real); ; at = dirname(at)) {
    const folder = await stat(at)
    // In a sticky folder such as /tmp nobody replaces what is somebody else's.
    if ((folder.mode & 0o1000) === 0) mustBeOurs(path, what, folder)
    if (at === dirname(at)) return
    what = 'a folder above it'
  }
}

async function inSystemFolders(name: string): Promise<string> {
  for (const folder of CHILD_PATH.split(':')) {
    const file = join(folder, name)
    const found = await stat(file).then(
      () => true,
      () => false, // Not in this one; the last one says what is missing.
    )
    if (found) return file
  }
  throw notFound(name)
}

const notFound = (path: string, cause?: unknown) =>
  new HelmError(
    'helm.not-found',
    `There is no Helm at "${path}". Install Helm 3.13 or later on the panel's machine (/usr/local/bin/helm), or set its path in Settings > Connections.`,
    cause,
  )

const unsafe = (path: string, why: string) =>
  new HelmError(
    'helm.unsafe',
    `"${path}" is not run as Helm - ${why} - name an absolute path that only root or the panel's own user can write to, in Settings > Connections.`,
  )

import { randomBytes } from 'node:crypto'
import type { SFTPWrapper } from 'ssh2'
import { NotBegunError, SshError } from './errors'
import type { SharedConnection } from './pool'
import { sh } from './shell'

/**
 * Writes a file as root so that a reader sees the old content or the new one, never half of it.
 * The bytes travel by SFTP into a file that only the signed-in user can read, then `install` and
 * `mv` put them in place.
 */
export async function writeFile(
  connection: SharedConnection,
  path: string,
  content: string | Uint8Array,
  { mode, owner = 'root' }: { mode: string; owner?: string },
): Promise<void> {
  const arrived = `/tmp/.drawbridge-${randomBytes(9).toString('hex')}`
  const fresh = `${path}.drawbridge-new`
  const [user = 'root', group = user] = owner.split(':')
  await connection.withClient((client) =>
    new Promise<SFTPWrapper>((resolve, reject) => {
      client.sftp((error, sftp) => {
        if (error) reject(new NotBegunError(connection.name, error))
        else resolve(sftp)
      })
    }).then((sftp) => put(sftp, connection.name, arrived, content)),
  )
  const place = sh`install -D -m ${mode} -o ${user} -g ${group} ${arrived} ${fresh} && mv -f ${fresh} ${path}`
  const placed = await connection.exec(place, { sudo: true })
  await connection.exec(sh`rm -f ${arrived}`)
  if (placed.code !== 0)
    throw new SshError(
      'ssh.command-failed',
      `${connection.name} could not write ${path}: ${placed.err || `exit ${placed.code}`}`,
    )
}

function put(
  sftp: SFTPWrapper,
  name: string,
  path: string,
  content: string | Uint8Array,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = sftp.createWriteStream(path, { mode: 0o600, flags: 'wx' })
    stream.once('error', (error: Error) =>
      reject(
        new SshError(
          'ssh.disconnected',
          `A file could not be sent to ${name}: ${error.message}`,
          error,
        ),
      ),
    )
    stream.once('close', () => {
      sftp.end()
      resolve()
    })
    stream.end(content)
  })
}

/** A file's text as root sees it; null if there is none. */
export async function readFile(connection: SharedConnection, path: string): Promise<string | null> {
  const chunks: Buffer[] = []
  const { code, err } = await connection.exec(sh`cat ${path}`, {
    sudo: true,
    onChunk: (chunk) => chunks.push(chunk),
  })
  if (code === 0) return Buffer.concat(chunks).toString('utf8')
  if (/No such file or directory/.test(err)) return null
  throw new SshError(
    'ssh.command-failed',
    `${connection.name} could not read ${path}: ${err || `exit ${code}`}`,
  )
}

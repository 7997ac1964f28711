import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { GitAddress } from '@/lib/base/git-address'
import type { Secret } from '@/lib/base/secret'
import type { Egress, EgressError } from '@/lib/io/egress'
import { startEgressProxy } from '@/lib/io/egress-proxy'
import { type GitCredential, runGit } from './run-git'

/** How a repository is reached. */
export type GitWay = {
  address: GitAddress
  egress: Egress
  /** Over HTTPS. */
  credential: GitCredential | null
  /** PEM of an authority of one's own; null: the system's. */
  caPem: string | null
  /** Over SSH: the panel's key (OpenSSH), and the server's, `ssh-ed25519 AAAA...`, as it was accepted. */
  key: Secret | null
  hostKey: string | null
}

/** A way that is open: what a run of Git needs beside its arguments. */
export type OpenWay = {
  url: string
  env: Record<string, string>
  credential: GitCredential | null
  /** What the list of allowed addresses refused meanwhile: says more than what Git makes of it. */
  refused(): EgressError | null
  /** Takes everything back that was written for it. */
  close(): Promise<void>
}

/** What lasts for one run lies here, each in a folder of its own that only the panel's user may read. */
export const FOR_A_RUN = '.open'

/** Removes what a killed process left of its open ways. Call it before the first one is opened. */
export const sweepWays = (gitDir: string): Promise<void> =>
  rm(join(gitDir, FOR_A_RUN), { recursive: true, force: true })

/**
 * Opens a way: over HTTPS a proxy on loopback that goes where it is allowed, over SSH a configuration
 * with one checked address, one key and one accepted host key. Throws {@link EgressError}.
 */
export async function openWay(way: GitWay, gitDir: string): Promise<OpenWay> {
  await mkdir(join(gitDir, FOR_A_RUN), { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(gitDir, FOR_A_RUN, 'way-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    return way.address.kind === 'https'
      ? await openHttps(way, folder, remove)
      : await openSsh(way, folder, remove)
  } catch (error) {
    await remove()
    throw error
  }
}

async function openHttps(way: GitWay, folder: string, remove: () => Promise<void>) {
  const { address, egress, caPem, credential } = way
  await egress.check(address.host, address.port)
  const proxy = await startEgressProxy(egress)
  const env: Record<string, string> = { HTTPS_PROXY: proxy.url, NO_PROXY: '' }
  if (caPem !== null) {
    const file = join(folder, 'ca.pem')
    await writeFile(file, caPem, { mode: 0o600 })
    env.GIT_SSL_CAINFO = file
  }
  return {
    ...{ url: address.url, env, credential },
    refused: () => proxy.refused[0] ?? null,
    async close() {
      await Promise.all([proxy.close(), remove()])
    },
  }
}

async function openSsh(way: GitWay, folder: string, remove: () => Promise<void>): Promise<OpenWay> {
  const { address, egress, key, hostKey } = way
  const [checked] = await egress.resolve(address.host, address.port)
  const file = (name: string) => join(folder, name)
  await writeFile(file('key'), key?.reveal() ?? '', { mode: 0o600 })
  await writeFile(file('known'), hostKey === null ? '' : `${ALIAS} ${hostKey}\n`, { mode: 0o600 })
  await writeFile(
    file('config'),
    sshConfig({
      address: checked?.address ?? address.host,
      key: file('key'),
      known: file('known'),
      algorithms: hostKeyAlgorithms(hostKey),
    }),
    { mode: 0o600 },
  )
  return {
    url: address.url,
    env: { GIT_SSH_COMMAND: `ssh -F ${quoted(file('config'))}`, GIT_SSH_VARIANT: 'ssh' },
    credential: null,
    refused: () => null,
    close: remove,
  }
}

/** The name under which the one accepted key stands, whatever the address. */
const ALIAS = 'drawbridge-git'

type SshFiles = { address: string; key: string; known: string; algorithms: string | null }

/** ssh_config(5). The address was checked; no name is looked up again. */
const sshConfig = ({ address, key, known, algorithms }: SshFiles): string =>
  `${[
    'Host *',
    `HostName ${address}`,
    `HostKeyAlias ${ALIAS}`,
    `IdentityFile ${inConfig(key)}`,
    `UserKnownHostsFile ${inConfig(known)}`,
    ...(algorithms === null ? [] : [`HostKeyAlgorithms ${algorithms}`]),
    'GlobalKnownHostsFile /dev/null',
    'StrictHostKeyChecking yes',
    'UpdateHostKeys no',
    'CheckHostIP no',
    'IdentitiesOnly yes',
    'IdentityAgent none',
    'PreferredAuthentications publickey',
    'BatchMode yes',
    'ForwardAgent no',
    'ForwardX11 no',
    'ControlMaster no',
    'ControlPath none',
    'PermitLocalCommand no',
    'ConnectTimeout 15',
    'ServerAliveInterval 15',
    'ServerAliveCountMax 4',
    'LogLevel ERROR',
  ].join('\n  ')}\n`

/** An RSA key is `ssh-rsa` on paper and signs with SHA-2 (RFC 8332). */
function hostKeyAlgorithms(hostKey: string | null): string | null {
  const kind = hostKey?.split(' ', 1)[0] ?? null
  return kind === 'ssh-rsa' ? 'rsa-sha2-512,rsa-sha2-256' : kind
}

/** A path in ssh_config: quoted, with its percent signs doubled. */
const inConfig = (path: string) => `"${path.replaceAll('%', '%%')}"`

/** One word for the shell that Git starts ssh with. */
const quoted = (path: string) => `'${path.replaceAll("'", "'\\''")}'`

/** Preferred first; one of them is what a person is asked to compare. */
const KINDS = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ssh-rsa']

/**
 * The host key that an SSH server shows, `ssh-ed25519 AAAA...`; null where none answers. Nobody has
 * compared it. Throws {@link EgressError}.
 */
export async function shownHostKey(
  { address, egress }: Pick<GitWay, 'address' | 'egress'>,
  cwd: string,
  signal?: AbortSignal,
): Promise<string | null> {
  const [checked] = await egress.resolve(address.host, address.port)
  const { stdout } = await runGit({
    program: 'ssh-keyscan',
    args: ['-T', '10', '-p', String(address.port), checked?.address ?? address.host],
    ...{ cwd, signal, timeoutMs: 30_000, mostBytes: 65_536 },
  })
  const keys = stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(' ').slice(1, 3))
  for (const kind of KINDS) {
    const found = keys.find(([shown, blob]) => shown === kind && blob !== undefined)
    if (found) return found.join(' ')
  }
  return null
}

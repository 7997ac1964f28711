import { NodeSSH } from 'node-ssh'
import type { Client, ServerHostKeyAlgorithm } from 'ssh2'
import { assert } from '@/lib/base/assert'
import { IdentityChangedError } from '@/lib/base/identity'
import type { Secret } from '@/lib/base/secret'
import { DialError, type Dialer } from '@/lib/io/dialer'
import { SshError } from './errors'
import { fingerprintOf, parsePublicKey, publicLineOf } from './keys'

/** A machine, how to get to it, who we are there and who it has to be. */
export type SshTarget = {
  /** For messages. */
  name: string
  address: string
  port?: number
  user: string
  privateKey: Secret
  /** Pinned, `ssh-ed25519 AAAA...`: one that a person accepted, or the one that the panel made. */
  hostKey: string
  /**
   * The key that the panel made, where `hostKey` is another that a person accepted: a machine that
   * was built anew shows this one, and only the panel and its machine have it.
   */
  madeHostKey?: string
  /** Told when the machine shows another key; the connection fails with it. */
  onChanged?(error: IdentityChangedError): void
  /** Told the public key that was shown by a machine that is who it has to be. */
  onProven?(hostKey: string): void
  dialer: Dialer
}

const HANDSHAKE_MS = 20_000
const KEEPALIVE_MS = 10_000

/** Signs in; the client is ready for channels. Throws {@link SshError}, {@link IdentityChangedError}. */
export async function connectSsh(target: SshTarget, signal?: AbortSignal): Promise<Client> {
  const port = target.port ?? 22
  const sock = await target.dialer.dial(target.address, port, signal).catch((error: unknown) => {
    if (!(error instanceof DialError)) throw error
    throw new SshError('ssh.unreachable', `${target.name}: ${error.message}`, error)
  })
  const pinned = [target.hostKey, target.madeHostKey ?? ''].filter(Boolean).map(parsePublicKey)
  let shown: Buffer | null = null
  let proven: string | null = null
  const ssh = new NodeSSH()
  try {
    await ssh.connect({
      sock: sock as unknown as import('node:net').Socket,
      username: target.user,
      privateKey: target.privateKey.reveal(),
      algorithms: { serverHostKey: hostKeyKinds(pinned.map(({ type }) => type)) },
      // Judged before the user's key is offered: a stranger gets the key exchange and no more.
      hostVerifier: (key: Buffer) => {
        shown = key
        const found = pinned.find(({ blob }) => key.equals(blob))
        proven = found ? `${found.type} ${found.blob.toString('base64')}` : null
        return found !== undefined
      },
      readyTimeout: HANDSHAKE_MS,
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: 3,
    })
  } catch (error) {
    ssh.dispose()
    sock.destroy()
    const failure = toSshError(target, error, proven === null ? shown : null)
    if (failure instanceof IdentityChangedError) target.onChanged?.(failure)
    throw failure
  }
  if (proven !== null) target.onProven?.(proven)
  const client = ssh.connection
  assert(client, 'node-ssh connected without a client')
  // An error after the handshake always comes with a close, which is what sessions listen to.
  client.on('error', () => undefined)
  // Each command that is being begun waits for the connection's end as well: more than Node's ten.
  client.setMaxListeners(20)
  return client
}

/**
 * The pinned kinds first, then the others: a machine that was reinstalled without the pinned kind
 * shows what it has, so that a person can be told and compare.
 */
function hostKeyKinds(first: readonly string[]): ServerHostKeyAlgorithm[] {
  const kinds = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256'] as const
  // An RSA key is `ssh-rsa` on paper and signs with SHA-2 (RFC 8332).
  const pinned = first.filter((kind) => kind !== 'ssh-rsa') as ServerHostKeyAlgorithm[]
  return [...new Set([...pinned, ...kinds])]
}

function toSshError(
  target: SshTarget,
  error: unknown,
  wrongKey: Buffer | null,
): SshError | IdentityChangedError {
  const { name, address, user } = target
  if (wrongKey !== null)
    return new IdentityChangedError(
      {
        kind: 'vm',
        name: `${name} (${address})`,
        expected: fingerprintOf(parsePublicKey(target.hostKey).blob),
        offered: fingerprintOf(wrongKey),
        offeredKey: publicLineOf(wrongKey),
      },
      error,
    )
  const text = error instanceof Error ? error.message : String(error)
  const level = (error as { level?: string } | null)?.level
  if (level === 'client-authentication')
    return new SshError(
      'ssh.auth',
      `${name} (${address}) does not accept the panel's key for ${user} - its first boot may not have finished, or its seed was not read.`,
      error,
    )
  return new SshError(
    'ssh.unreachable',
    `${name} (${address}) does not speak SSH (${text}) - it may still be booting.`,
    error,
  )
}

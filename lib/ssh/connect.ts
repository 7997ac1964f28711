import { NodeSSH } from 'node-ssh'
import type { Client, ServerHostKeyAlgorithm } from 'ssh2'
import { assert } from '@/lib/base/assert'
import type { Secret } from '@/lib/base/secret'
import { DialError, type Dialer } from '@/lib/io/dialer'
import { SshError } from './errors'
import { fingerprintOf, parsePublicKey } from './keys'

/** A machine, how to get to it, who we are there and who it has to be. */
export type SshTarget = {
  /** For messages. */
  name: string
  address: string
  port?: number
  user: string
  privateKey: Secret
  /** Pinned, `ssh-ed25519 AAAA...`. */
  hostKey: string
  dialer: Dialer
}

const HANDSHAKE_MS = 20_000
const KEEPALIVE_MS = 10_000

/** Signs in; the client is ready for channels. Throws {@link SshError}. */
export async function connectSsh(target: SshTarget, signal?: AbortSignal): Promise<Client> {
  const port = target.port ?? 22
  const sock = await target.dialer.dial(target.address, port, signal).catch((error: unknown) => {
    if (!(error instanceof DialError)) throw error
    throw new SshError('ssh.unreachable', `${target.name}: ${error.message}`, error)
  })
  const pinned = parsePublicKey(target.hostKey)
  let shown: Buffer | null = null
  const ssh = new NodeSSH()
  try {
    await ssh.connect({
      sock: sock as unknown as import('node:net').Socket,
      username: target.user,
      privateKey: target.privateKey.reveal(),
      algorithms: { serverHostKey: [pinned.type as ServerHostKeyAlgorithm] },
      hostVerifier: (key: Buffer) => {
        shown = key
        return key.equals(pinned.blob)
      },
      readyTimeout: HANDSHAKE_MS,
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: 3,
    })
  } catch (error) {
    ssh.dispose()
    sock.destroy()
    throw toSshError(
      target,
      error,
      shown !== null && !(shown as Buffer).equals(pinned.blob) ? shown : null,
    )
  }
  const client = ssh.connection
  assert(client, 'node-ssh connected without a client')
  // An error after the handshake always comes with a close, which is what sessions listen to.
  client.on('error', () => undefined)
  // Each command that is being begun waits for the connection's end as well: more than Node's ten.
  client.setMaxListeners(20)
  return client
}

function toSshError(target: SshTarget, error: unknown, wrongKey: Buffer | null): SshError {
  const { name, address, user } = target
  if (wrongKey !== null) {
    const pinned = fingerprintOf(parsePublicKey(target.hostKey).blob)
    return new SshError(
      'ssh.host-key',
      `${name} (${address}) shows another SSH host key than the pinned one - pinned ${pinned}, shown ${fingerprintOf(wrongKey)}. Another machine has this address, or it was reinstalled.`,
      error,
    )
  }
  const text = error instanceof Error ? error.message : String(error)
  const level = (error as { level?: string } | null)?.level
  if (level === 'client-authentication')
    return new SshError(
      'ssh.auth',
      `${name} (${address}) does not accept the panel's key for ${user} - its first boot may not have finished, or its seed was not read.`,
      error,
    )
  if (/no matching host key format/i.test(text))
    return new SshError(
      'ssh.host-key',
      `${name} (${address}) has no host key of the pinned kind - another machine has this address, or it was reinstalled.`,
      error,
    )
  return new SshError(
    'ssh.unreachable',
    `${name} (${address}) does not speak SSH (${text}) - it may still be booting.`,
    error,
  )
}

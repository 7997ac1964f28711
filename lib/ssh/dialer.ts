import type { Duplex } from 'node:stream'
import ssh2, { type Client } from 'ssh2'
import type { ConnectionSummary } from '@/lib/api/contract'
import { assert } from '@/lib/base/assert'
import { IdentityChangedError } from '@/lib/base/identity'
import type { Secret } from '@/lib/base/secret'
import { type Dialer, directDialer, socks5Dialer, toDialError } from '@/lib/io/dialer'
import { fingerprintOf } from './keys'

/** Who we are on a jump host and who it has to be. */
export type JumpKeys = {
  privateKey(): Promise<Secret>
  /** SHA-256 of the host key that a person accepted, `SHA256:...`; null before. */
  pinned(): Promise<string | null>
  /** Told when the jump host shows another key, or one that nobody accepted yet; the dial fails with it. */
  onChanged?(error: IdentityChangedError): void
  /** Told when the jump host is who it has to be. */
  onProven?(): void
}

/** The dialer that a connection's settings ask for. `jump` is needed for ssh-jump alone. */
export function openDialer(settings: ConnectionSummary['dialer'], jump?: JumpKeys): Dialer {
  switch (settings.kind) {
    case 'direct':
      return directDialer()
    case 'socks5':
      return socks5Dialer(settings)
    case 'ssh-jump':
      assert(jump, 'an ssh-jump dialer needs keys')
      return jumpDialer(settings, jump)
  }
}

type JumpHost = { host: string; port: number; user: string }

/** Through an SSH server that opens TCP connections on our behalf (`ssh -J`, RFC 4254 section 7.2). */
function jumpDialer(jumpHost: JumpHost, keys: JumpKeys): Dialer {
  let opening: Promise<Client> | null = null
  const open = () => {
    opening ??= connectJump(jumpHost, keys)
    const mine = opening
    const forget = () => {
      if (opening === mine) opening = null
    }
    mine.then((client) => client.once('close', forget), forget)
    return mine
  }
  return {
    async reach() {
      await open()
    },
    close() {
      opening?.then((client) => client.end()).catch(() => undefined) // Its opener was told.
      opening = null
    },
    async dial(host, port, signal) {
      signal?.throwIfAborted()
      const client = await open()
      signal?.throwIfAborted()
      return new Promise<Duplex>((resolve, reject) => {
        client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
          if (error) return reject(toDialError(error, host, port, `through ${jumpHost.host}`))
          channel.pause()
          resolve(channel)
        })
      })
    },
  }
}

/** Whose key it is, for people; another address is another machine. */
export const jumpHostName = ({ host, port }: Pick<JumpHost, 'host' | 'port'>): string =>
  `the jump host ${host}:${port}`

async function connectJump(jumpHost: JumpHost, keys: JumpKeys): Promise<Client> {
  const { host, port, user } = jumpHost
  const [privateKey, pinned] = await Promise.all([keys.privateKey(), keys.pinned()])
  let shown = ''
  const client = new ssh2.Client()
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve)
    client.on('error', (error) => {
      if (shown === '' || shown === pinned)
        return reject(toDialError(error, host, port, 'the jump host'))
      const change = {
        kind: 'jump-host',
        name: jumpHostName(jumpHost),
        expected: pinned,
        offered: shown,
      } as const
      const changed = new IdentityChangedError(change, error)
      keys.onChanged?.(changed)
      reject(changed)
    })
    client.connect({
      host,
      port,
      username: user,
      privateKey: privateKey.reveal(),
      // Before our key is offered. Without a pin nobody is trusted: a person accepts the first as well.
      hostVerifier: (key: Buffer) => {
        shown = fingerprintOf(key)
        return pinned !== null && shown === pinned
      },
      readyTimeout: 20_000,
      keepaliveInterval: 10_000,
    })
  })
  keys.onProven?.()
  return client
}

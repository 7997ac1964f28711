import { createHash } from 'node:crypto'
import ssh2 from 'ssh2'
import { assert } from '@/lib/base/assert'
import { Secret } from '@/lib/base/secret'

/** A new ed25519 key pair as OpenSSH keeps its private half. */
export function makePrivateKey(comment: string): Secret {
  // ssh2 1.17 writes about one key in 256 in a form that it cannot read itself: try until it can.
  for (let attempt = 0; attempt < 16; attempt++) {
    const { private: key } = ssh2.utils.generateKeyPairSync('ed25519', { comment })
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return new Secret(key)
  }
  throw new Error('ssh2 made 16 unreadable keys')
}

/** The public half of a private key, `ssh-ed25519 AAAA...`, without comment. */
export function publicKeyOf(privateKey: Secret): string {
  const parsed = ssh2.utils.parseKey(privateKey.reveal())
  assert(!(parsed instanceof Error), 'a stored private key cannot be read')
  return `${parsed.type} ${parsed.getPublicSSH().toString('base64')}`
}

/** `SHA256:...` as `ssh-keygen -lf` prints it. */
export const fingerprintOf = (blob: Uint8Array): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`

/** Algorithm and key bytes of `ssh-ed25519 AAAA... comment`. */
export function parsePublicKey(line: string): { type: string; blob: Buffer } {
  const [type = '', base64 = ''] = line.trim().split(/\s+/)
  return { type, blob: Buffer.from(base64, 'base64') }
}

/** `ssh-ed25519 AAAA...` of a key as the protocol sends it: it begins with its own kind (RFC 4253 6.6). */
export function publicLineOf(blob: Buffer): string {
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0
  return `${blob.subarray(4, 4 + length).toString('latin1')} ${blob.toString('base64')}`
}

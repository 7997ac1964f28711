import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Kube } from '../kube'

/** SHA-256 over the authority's file, as k3s puts it into tokens. */
const caHash = (caCert: string) => bytesToHex(sha256(utf8ToBytes(caCert)))

/** k3s' full form of a token. */
export const fullToken = (kube: Kube, user: 'server' | 'node', password: string): string =>
  `K10${caHash(kube.ca.caCert)}::${user}:${password}`

type Parts = { hash: string; password: string }

/** Null where k3s says "invalid token format". */
export function parseToken(token: string): Parts | null {
  if (!token.startsWith('K10')) return { hash: '', password: token }
  const [hash = '', rest] = token.slice(3).split('::')
  const password = (rest ?? '').split(':').slice(1).join(':')
  return password === '' ? null : { hash, password }
}

/** What a server says to a token; null if it lets its bearer in. */
export function whyRefused(kube: Kube, token: string, part: 'server' | 'agent'): string | null {
  const parts = parseToken(token)
  if (!parts) return 'invalid token format'
  const own = caHash(kube.ca.caCert)
  if (parts.hash !== '' && parts.hash !== own)
    return `token CA hash does not match the Cluster CA certificate hash: ${parts.hash} != ${own}`
  const { serverToken, agentToken } = kube.k3s ?? { serverToken: '', agentToken: '' }
  // The servers' token lets agents in as well.
  const good = part === 'server' ? [serverToken] : [serverToken, agentToken]
  return good.includes(parts.password) ? null : '401 Unauthorized'
}

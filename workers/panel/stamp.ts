import type http from 'node:http'
import type { TLSSocket } from 'node:tls'
import { PEER_HEADER, peerOf } from '@/lib/auth/peer'
import { SCHEME_HEADER, type Scheme } from '@/lib/auth/scheme'
import { plainAddress, trustsProxy } from '@/lib/io/trusted-proxies'

/** What a request says about its way here, by the connection or by a proxy that is trusted. */
export type Arrival = {
  scheme: Scheme
  /** The Host header that the browser sent. */
  host: string | undefined
  /** Whether the other end of the connection is a trusted proxy. */
  byProxy: boolean
}

/**
 * Reads how a request came, and writes it into the headers for those who answer: who asks
 * ({@link PEER_HEADER}), the scheme, and `X-Forwarded-*` as it is believed. What a client wrote
 * there itself is gone.
 */
export function stamp(
  request: http.IncomingMessage,
  { trustProxy: trust, publicUrl }: { trustProxy: string; publicUrl: string | null },
): Arrival {
  const { headers, socket } = request
  const byProxy = trustsProxy(trust)(plainAddress(socket.remoteAddress ?? ''))
  // A trusted proxy that does not say serves the public URL.
  const said = byProxy
    ? (last(headers['x-forwarded-proto']) ?? publicUrl?.split(':')[0])
    : undefined
  const encrypted = (socket as Partial<TLSSocket>).encrypted === true
  const scheme: Scheme = encrypted || said === 'https' ? 'https' : 'http'
  const host = (byProxy && last(headers['x-forwarded-host'])) || headers.host
  const peer = peerOf(socket.remoteAddress, headers['x-forwarded-for'], trust)
  for (const name of Object.keys(headers))
    if (/^x-forwarded-|^forwarded$|^x-real-ip$|^x-drawbridge-|^x-middleware-/.test(name))
      delete headers[name]
  headers[PEER_HEADER] = peer
  headers[SCHEME_HEADER] = scheme
  headers['x-forwarded-proto'] = scheme
  if (host) {
    headers.host = host
    headers['x-forwarded-host'] = host
  }
  return { scheme, host, byProxy }
}

/** The nearest proxy writes last. */
const last = (header: string | string[] | undefined): string | undefined =>
  [header ?? []].flat().join(',').split(',').at(-1)?.trim().toLowerCase() || undefined

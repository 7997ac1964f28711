import type http from 'node:http'
import type { Duplex } from 'node:stream'
import type { Config } from '@/lib/io/env'
import { plainAddress } from '@/lib/io/trusted-proxies'
import { isLoopback, wayIn } from '@/lib/io/way-in'
import { HSTS_S, protect } from './headers'
import { isOwnName, parseHost } from './host-names'
import { type Arrival, stamp } from './stamp'
import type { Tls } from './tls'
import { hostOfUrl } from './tls-names'
import { answerTrust, isTrustPath } from './trust'
import { type Refused, refuse, refuseSocket } from './web-answers'

/** The longest path with its query that is read, in characters. */
export const MAX_URL_CHARS = 8192

/** What pages, routes and sockets are asked by. OPTIONS is not: no other origin may ask anything. */
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

export type FrontParts = {
  config: Config
  tls: Tls | null
  hostname: string
  development: boolean
}

/**
 * What every request passes before pages, routes and sockets: its headers are stamped, its answer is
 * protected, and what is not meant for this panel is refused. `inner` gets the rest; it never listens.
 */
export function makeFront(parts: FrontParts, inner: http.Server) {
  const { config, tls, development } = parts
  const request = (
    asked: http.IncomingMessage,
    response: http.ServerResponse,
    way: 'served' | 'plain-beside-tls',
  ) => {
    const arrival = stamp(asked, config)
    const host = parseHost(arrival.host)
    protect(asked, response, {
      host: host === null ? 'localhost' : (arrival.host ?? 'localhost'),
      development,
      hstsS: arrival.scheme === 'https' ? hstsOf(host, parts) : null,
    })
    const refused = whyRefused(asked, arrival, parts)
    if (refused?.status === 405) response.setHeader('allow', METHODS.join(', '))
    if (refused) refuse(asked, response, refused)
    else if (isTrustPath(asked)) answerTrust(asked, response, tls?.authority ?? null)
    else if (way === 'plain-beside-tls' && asked.url !== '/healthz')
      toHttps(asked, response, arrival.host ?? '')
    else inner.emit('request', asked, response)
  }
  const upgrade = (asked: http.IncomingMessage, socket: Duplex, head: Buffer) => {
    const refused = whyRefused(asked, stamp(asked, config), parts)
    if (refused) refuseSocket(socket, refused)
    else if (!inner.emit('upgrade', asked, socket, head)) socket.destroy()
  }
  return { request, upgrade }
}

/** Why a request is not for this panel or not fit to be read; null where it may go on. */
export function whyRefused(
  { method = 'GET', url = '', socket }: http.IncomingMessage,
  { byProxy, host: header }: Arrival,
  { config, tls, hostname }: FrontParts,
): Refused | null {
  const { publicUrl } = config
  const host = parseHost(header)
  if (host === null)
    return {
      status: 400,
      code: 'request.no-host',
      message:
        'The request does not say for whom it is - its Host header is missing or no host - send one.',
    }
  if (!isOwnName(host, { hostname, publicUrl, certified: tls?.names() ?? [] }))
    return {
      status: 421,
      code: 'request.other-host',
      message: `This panel is not called ${host} - a page of another site may have sent your browser here under its own name - open the panel at ${publicUrl ?? 'its own address'}, or set PUBLIC_URL if you gave it this name.`,
    }
  const stays = byProxy || isLoopback(plainAddress(socket.remoteAddress ?? ''))
  if (wayIn(config) === 'proxy' && !stays)
    return {
      status: 403,
      code: 'request.past-proxy',
      message: `This panel is reached through its proxy only - here the connection would not be encrypted - open ${publicUrl ?? 'it there'}, or name the proxy's address in TRUST_PROXY.`,
    }
  if (!METHODS.includes(method))
    return {
      status: 405,
      code: 'request.method',
      message: `${method} is no method of this panel - it answers ${METHODS.join(', ')} - send one of these.`,
    }
  if (url.length > MAX_URL_CHARS)
    return {
      status: 414,
      code: 'request.url-too-long',
      message: `The address has ${url.length} characters - at most ${MAX_URL_CHARS} are read - ask for less at once.`,
    }
  return null
}

/**
 * Plain HTTP on the port of HTTPS: a person who looks is led there; who sends, and a program, is told:
 * what came along was readable, and a program that is led on would go on sending it.
 */
function toHttps(request: http.IncomingMessage, response: http.ServerResponse, host: string): void {
  const looks = request.method === 'GET' || request.method === 'HEAD'
  if (!looks || request.url?.startsWith('/api/')) {
    refuse(request, response, {
      status: 400,
      code: 'request.not-encrypted',
      message: `This was sent as plain HTTP - anybody on the way could read it - send it to https://${host}, and change what was secret in it.`,
    })
    return
  }
  response.writeHead(308, {
    location: `https://${host}${request.url}`,
    'cache-control': 'no-store',
  })
  response.end()
}

function hstsOf(host: string | null, { config, tls }: FrontParts): number | null {
  // Nothing that is only for the while is to be remembered.
  if (host === null || tls?.temporary) return null
  if (tls?.authority)
    return config.publicUrl && hostOfUrl(config.publicUrl) === host ? HSTS_S.ownAuthority : null
  const declared = [...(tls?.names() ?? []), config.publicUrl ? hostOfUrl(config.publicUrl) : '']
  return declared.includes(host) ? HSTS_S.declared : null
}

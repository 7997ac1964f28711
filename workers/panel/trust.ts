import type http from 'node:http'
import type { Authority } from './tls'
import { mobileConfig } from './trust-mobileconfig'
import { renderTrustPage, TRUST_POLICY } from './trust-page'
import { type Refused, refuse } from './web-answers'

type Kind = { type: string; file?: string; body(authority: Authority): string | Buffer }

/**
 * Served before sign-in and over plain HTTP too: what it takes to trust the panel's own authority.
 * All of it is public; whoever changes it on the way is found out by the fingerprint.
 */
const FILES: Readonly<Record<string, Kind>> = {
  '/trust/ca.crt': {
    type: 'application/x-x509-ca-cert',
    file: 'drawbridge-ca.crt',
    body: ({ der }) => der,
  },
  '/trust/ca.pem': {
    type: 'application/x-pem-file',
    file: 'drawbridge-ca.pem',
    body: ({ pem }) => `${pem.trim()}\n`,
  },
  '/trust/drawbridge.mobileconfig': {
    type: 'application/x-apple-aspen-config',
    file: 'drawbridge.mobileconfig',
    body: mobileConfig,
  },
}

const NO_AUTHORITY: Refused = {
  status: 404,
  code: 'tls.no-authority',
  message:
    'There is nothing to trust here - this panel has no certificate authority of its own - start it with --lan to make one.',
}
const ONLY_SHOWS: Refused = {
  status: 405,
  code: 'request.method',
  message: 'Nothing is taken here - this page only shows - open it with GET.',
}

const pathOf = ({ url = '' }: http.IncomingMessage) => url.split('?', 1)[0] ?? ''

/** Whether this is asked for the trust page or a file of it. */
export const isTrustPath = (request: http.IncomingMessage): boolean =>
  pathOf(request) === '/trust' || pathOf(request) in FILES

/** Answers the trust page or a file of it; 404 where the panel has no authority of its own. */
export function answerTrust(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  authority: Authority | null,
): void {
  const shows = request.method === 'GET' || request.method === 'HEAD'
  if (!shows || !authority) {
    refuse(request, response, shows ? NO_AUTHORITY : ONLY_SHOWS)
    return
  }
  const kind = FILES[pathOf(request)]
  const body = kind
    ? kind.body(authority)
    : renderTrustPage(authority, request.headers.host ?? 'localhost')
  response.writeHead(200, {
    'content-type': kind?.type ?? 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...(kind
      ? { 'content-disposition': `attachment; filename="${kind.file}"` }
      : { 'content-security-policy': TRUST_POLICY }),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

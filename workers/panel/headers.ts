import { randomBytes } from 'node:crypto'
import type http from 'node:http'
import { contentSecurityPolicy, NONCE_HEADER } from '@/lib/auth/csp'

/** What every answer carries, whoever writes it. */
const FIXED: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
}

const DAY_S = 86_400

/**
 * HSTS, in seconds by who vouches for the name. It counts for a whole name with all its ports, so it
 * is said only for a name that was declared to be the panel's (PUBLIC_URL, an own certificate):
 * for `pi.local` it would break every other service of that machine that speaks plain HTTP. A day
 * where the authority is the panel's own: whoever loses that authority is locked out no longer.
 */
export const HSTS_S = { declared: 365 * DAY_S, ownAuthority: DAY_S }

/** What the headers of one answer depend on. */
export type Protection = {
  /** As the browser wrote it, already judged. */
  host: string
  development: boolean
  /** Seconds; null: none. */
  hstsS: number | null
}

/**
 * Gives an answer its security headers at the moment its head is written, so that no writer (pages,
 * sockets, errors) can forget them; a policy that the writer set itself stays. The request gets the
 * policy and its nonce for the page that is rendered, over whatever a client sent there.
 */
export function protect(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  { host, development, hstsS }: Protection,
): void {
  const nonce = randomBytes(16).toString('base64')
  const policy = contentSecurityPolicy({ nonce, host, development })
  request.headers[NONCE_HEADER] = nonce
  request.headers['content-security-policy'] = policy
  delete request.headers['content-security-policy-report-only']
  const write = response.writeHead
  response.writeHead = function (this: http.ServerResponse, ...args: unknown[]) {
    if (!response.headersSent) {
      for (const [name, value] of Object.entries(FIXED)) response.setHeader(name, value)
      if (!response.hasHeader('content-security-policy'))
        response.setHeader('content-security-policy', policy)
      // Who says nothing has nothing that may be kept; the pages' files say that they may.
      if (!response.hasHeader('cache-control')) response.setHeader('cache-control', 'no-store')
      if (hstsS !== null) response.setHeader('strict-transport-security', `max-age=${hstsS}`)
      response.removeHeader('x-powered-by')
    }
    return (write as (...args: unknown[]) => http.ServerResponse).apply(response, args)
  } as typeof response.writeHead
}

/** The same for an answer that is written to a bare socket, as text with line ends. */
export const FIXED_LINES: string = Object.entries({
  ...FIXED,
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
})
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('')

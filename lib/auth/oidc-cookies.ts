import { isHttps } from './scheme'

/** From leaving for the provider until coming back, in milliseconds: time to find a phone. */
export const ROUND_TRIP_MS = 10 * 60_000

/** Over plain http only the two endpoints of the round trip are sent these; `__Host-` asks for `/`. */
const PATH = '/api/auth/oidc'
const TICKET = 'drawbridge.oidc'
const INVITE = 'drawbridge.invite'

/** The browser that leaves for the provider keeps this; whoever comes back without it is not signed in. */
export const bindTicket = (headers: Headers, token: string): string =>
  cookie(headers, TICKET, token)

/** The invitation that the browser takes along to the provider. */
export const bindInvitation = (headers: Headers, token: string): string =>
  cookie(headers, INVITE, token)

/** What this browser left for the provider with; null: it did not. */
export const boundTicket = (headers: Headers): string | null => read(headers, TICKET)

/** The invitation that this browser took along; null: none. */
export const boundInvitation = (headers: Headers): string | null => read(headers, INVITE)

/** Forgets both. */
export const unbind = (headers: Headers): string[] =>
  [TICKET, INVITE].map((name) => cookie(headers, name, '', 0))

/** Lax: the way back is a link on the provider's page, with which Strict cookies are not sent. */
function cookie(headers: Headers, name: string, value: string, maxAgeMs = ROUND_TRIP_MS): string {
  const where = isHttps(headers) ? 'Path=/; Secure' : `Path=${PATH}`
  return `${nameFor(headers, name)}=${value}; ${where}; Max-Age=${maxAgeMs / 1000}; HttpOnly; SameSite=Lax`
}

/** Over https bound to this host: no neighbour under the same domain, and no plain http, can plant it. */
const nameFor = (headers: Headers, name: string) => (isHttps(headers) ? `__Host-${name}` : name)

function read(headers: Headers, name: string): string | null {
  for (const each of headers.get('cookie')?.split(';') ?? []) {
    const [key, value] = each.trim().split('=', 2)
    if (key === nameFor(headers, name) && value) return value
  }
  return null
}

/** Where the server itself writes how a browser reached it, over whatever a client sent there. */
export const SCHEME_HEADER = 'x-drawbridge-scheme'

/** How a browser speaks to the panel, or to the trusted proxy before it. */
export type Scheme = 'http' | 'https'

/**
 * Whether the browser came by HTTPS: to the panel itself, or to a trusted proxy that said so
 * (workers/panel/web.ts notes it). Cookies are `Secure` then. False where nothing is noted.
 */
export const isHttps = (headers: Headers): boolean => headers.get(SCHEME_HEADER) === 'https'

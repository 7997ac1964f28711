/** Where the server writes a request's nonce for the page that is rendered, over what a client sent. */
export const NONCE_HEADER = 'x-nonce'

/**
 * The style that sonner adds to <head> when it is loaded, which has no way to give it a nonce. A
 * test compares this with the installed version.
 */
export const SONNER_STYLE = 'sha256-StEaX+se6YS7pqjzrzMIA0KaX9zF/8zAhvQXZAe5epY='

/** Sonner puts its <style> into the page before it fills it: the hash of nothing. */
const EMPTY_STYLE = 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='

/**
 * The Content-Security-Policy of every answer that brings none of its own: scripts only with this
 * answer's nonce and those that they load themselves, styles only from the panel or with the nonce.
 * Why style attributes are allowed: docs/decisions/content-security-policy.md.
 *
 * `host`: as the browser wrote it, already judged; `development`: Next's own tools evaluate code.
 */
export function contentSecurityPolicy({
  nonce,
  host,
  development,
}: {
  nonce: string
  host: string
  development: boolean
}): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    "script-src-attr 'none'",
    `style-src 'self' 'nonce-${nonce}' '${SONNER_STYLE}' '${EMPTY_STYLE}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    // Older Safari does not count a WebSocket of the same origin as 'self'.
    `connect-src 'self' ws://${host} wss://${host}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

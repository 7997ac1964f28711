const HERE = 'http://panel.invalid'

/** A path on this panel to go to after signing in; the overview for anything that leads elsewhere. */
export function safeNext(next: string | null): string {
  // Judged as a browser reads it: two slashes, also with a backslash, tab or dot, are another host.
  if (!next?.startsWith('/') || !URL.canParse(next, HERE)) return '/'
  const { origin, pathname, search, hash } = new URL(next, HERE)
  return origin === HERE && !pathname.startsWith('//') ? pathname + search + hash : '/'
}

/** A path on this panel to go to after signing in; the overview for anything that leads elsewhere. */
export function safeNext(next: string | null): string {
  // `//host` and `/\host` are other hosts to a browser.
  return next && /^\/(?![/\\])/.test(next) ? next : '/'
}

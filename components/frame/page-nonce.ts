/**
 * The nonce that this page's styles and scripts are let in by; null while it is rendered by the
 * server. A browser hides the attribute from selectors and scripts, but not the property.
 */
export function pageNonce(): string | null {
  if (typeof document === 'undefined') return null
  return document.querySelector<HTMLScriptElement>('head script')?.nonce || null
}

import { useSyncExternalStore } from 'react'
import type { WebAuthnOptions, WebAuthnResponse } from '@/lib/api/contract-account'

/** Why this browser cannot use passkeys here; null if it can. Known in the browser only. */
export function whyNoPasskeys(): string | null {
  if (!window.isSecureContext || /^\d+(\.\d+){3}$|^\[/.test(location.hostname)) {
    return 'Browsers allow passkeys only where the panel is opened by a name: over https, or as localhost.'
  }
  return 'PublicKeyCredential' in window ? null : 'This browser has no passkeys.'
}

const never = () => () => {}

/** {@link whyNoPasskeys}, the same on the server and at the first look. */
export const useWhyNoPasskeys = (): string | null =>
  useSyncExternalStore(never, whyNoPasskeys, () => null)

/** The person turned the browser's question down, or it timed out; no fault to show. */
export const wasTurnedDown = (error: unknown): boolean =>
  error instanceof Error && ['NotAllowedError', 'AbortError'].includes(error.name)

/**
 * Asks the browser for one of this person's passkeys. `autofill` waits in the name field's list
 * instead of opening a dialog, and gives way to a later question.
 */
export async function askPasskey(
  options: WebAuthnOptions,
  autofill = false,
): Promise<WebAuthnResponse> {
  const { startAuthentication } = await import('@simplewebauthn/browser')
  const optionsJSON = options as unknown as Parameters<typeof startAuthentication>[0]['optionsJSON']
  const answer = await startAuthentication({ optionsJSON, useBrowserAutofill: autofill })
  return answer as unknown as WebAuthnResponse
}

/** Asks the browser to make a passkey. */
export async function makePasskey(options: WebAuthnOptions): Promise<WebAuthnResponse> {
  const { startRegistration } = await import('@simplewebauthn/browser')
  const optionsJSON = options as unknown as Parameters<typeof startRegistration>[0]['optionsJSON']
  return (await startRegistration({ optionsJSON })) as unknown as WebAuthnResponse
}

/** Whether the browser can offer passkeys in the name field's list. */
export async function canAutofill(): Promise<boolean> {
  if (whyNoPasskeys() !== null) return false
  const { browserSupportsWebAuthnAutofill } = await import('@simplewebauthn/browser')
  return browserSupportsWebAuthnAutofill()
}

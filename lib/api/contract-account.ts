/**
 * Types of what a person does with their own account: sign in, prove who they are, change how they
 * sign in. Types only, as `contract.ts`.
 */
import type { Role, SessionAnswer } from './contract'

/** What a browser's `navigator.credentials` is asked with; made by the server, opaque here. */
export type WebAuthnOptions = Record<string, unknown> & { challenge: string }
/** What it answered, as JSON. */
export type WebAuthnResponse = Record<string, unknown> & { id: string }

/** How the second half of a sign-in may be given. */
export type SecondWay = 'code' | 'recovery-code'
/** The password was right and the account asks for more; no session yet. */
export type NeedsSecondFactor = {
  needs: 'second-factor'
  /** Stands for the password in the second request; good for 5 minutes. */
  ticket: string
  ways: SecondWay[]
}
/** POST /api/auth/sign-in */
export type SignInAnswer = SessionAnswer | NeedsSecondFactor
/** POST /api/auth/second-factor; `code`: six digits, or a recovery code. Answers {@link SessionAnswer}. */
export type SecondFactorRequest = { ticket: string; code: string }
/** POST /api/auth/passkey/options and POST /api/me/confirm/options */
export type PasskeyQuestion = { ticket: string; options: WebAuthnOptions }
/** POST /api/auth/passkey; answers {@link SessionAnswer}. */
export type PasskeyAnswer = { ticket: string; response: WebAuthnResponse }
/** POST /api/auth/phone; answers {@link SessionAnswer}. */
export type PhoneSignInRequest = { token: string }

/**
 * POST /api/me/confirm; answers {@link SessionAnswer}. One of the ways that the account has; with
 * one-time codes in force the password alone is half of one (403 `confirm.needs-code`).
 */
export type ConfirmRequest =
  | { password: string; code?: string | undefined }
  | { passkey: PasskeyAnswer }

/** GET /api/me: how this person signs in, and where they are signed in. Times are UTC milliseconds. */
export type MyAccount = {
  id: string
  name: string
  role: Role
  hasPassword: boolean
  /** Null: one-time codes are not in force. */
  totp: { since: number } | null
  /** How many of the ten are still good. */
  recoveryCodesLeft: number
  passkeys: MyPasskey[]
  /** Names of the providers through which the account is reached. */
  identities: { issuer: string; lastUsedAt: number | null }[]
  sessions: MySession[]
  /** Sign-ins of the last days from a place that was not seen before, newest first. */
  newPlaces: { at: number; from: string; device: string }[]
}
export type MyPasskey = {
  id: string
  name: string
  createdAt: number
  lastUsedAt: number | null
  /** Whether it is copied between devices. */
  backedUp: boolean
}
export type MySession = {
  id: string
  kind: 'browser' | 'phone'
  method: string
  /** "Firefox on Linux". */
  device: string
  from: string | null
  createdAt: number
  lastSeenAt: number
  expiresAt: number
  /** The one that asks. */
  current: boolean
}

/** POST /api/me/password; answers {@link SessionAnswer}. */
export type ChangePasswordRequest = {
  password: string
  /** The one until now; absent where the account has none. */
  current?: string | undefined
}
/** POST /api/me/totp: the secret to put into an authenticator; in force after {@link ProveTotpRequest}. */
export type TotpOffer = { ticket: string; secret: string; uri: string }
/** PUT /api/me/totp; answers {@link RecoveryCodes}. */
export type ProveTotpRequest = { ticket: string; code: string }
/** PUT /api/me/totp and POST /api/me/recovery-codes: shown this once. */
export type RecoveryCodes = { codes: string[] }
/** POST /api/me/passkeys; answers {@link MyAccount}. */
export type AddPasskeyRequest = { ticket: string; name: string; response: WebAuthnResponse }
/** PATCH /api/me/passkeys/:id; answers {@link MyAccount}. */
export type RenamePasskeyRequest = { name: string }
/** POST /api/me/phone: what the link's fragment holds, and until when it is good. */
export type PhoneLink = {
  token: string
  expiresAt: number
  /** Where the link begins; null: no other device reaches the panel. */
  origin: string | null
}

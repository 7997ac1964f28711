/**
 * Types of people, invitations and sign-in through an OpenID Connect provider. Types only, as
 * `contract.ts`. Times are UTC milliseconds.
 */
import type { Role } from './contract'

/** GET /api/people */
export type PeopleAnswer = {
  people: Person[]
  /** Uses of break-glass accounts that no admin has noted yet, newest first. */
  breakGlass: BreakGlassUse[]
  /** The topologies that a role of its own can be given on. */
  topologies: { id: string; name: string }[]
  /** What the provider is called; null: there is none. */
  oidc: { name: string } | null
}
/** One person as an admin sees them. */
export type Person = {
  id: string
  name: string
  /** Everywhere ... */
  role: Role
  /** ... and, instead of it, on single topologies. */
  grants: Record<string, Role>
  disabled: boolean
  breakGlass: boolean
  /** How the person can sign in now; all false: waits for an invitation to be accepted. */
  ways: { password: boolean; totp: boolean; passkeys: number; provider: boolean }
  /** Until when an invitation (or a reset) can be accepted; null: there is none. */
  invitedUntil: number | null
  createdAt: number
  /** Latest sign in or use of a session; null: never. */
  lastSeenAt: number | null
  /** Sessions that have not ended. */
  sessions: number
  /** The only enabled admin: what would take that away is refused. */
  lastAdmin: boolean
}
/** A break-glass account signed in although people come through the provider. */
export type BreakGlassUse = { seq: number; at: number; name: string; from: string | null }

/** POST /api/people; answers {@link Invited}. */
export type AddPersonRequest = { name: string; role: Role; grants: Record<string, Role> }
/** POST /api/people and POST /api/people/:id/invite: the link's token is told this once. */
export type Invited = {
  person: Person
  token: string
  expiresAt: number
  /** Where the link begins, `https://pi.local:4880`; null: no other device reaches the panel. */
  origin: string | null
}
/** PATCH /api/people/:id; answers {@link Person}. */
export type ChangePersonRequest = {
  role?: Role
  /** All of them: a topology that is missing is taken away. */
  grants?: Record<string, Role>
  disabled?: boolean
  breakGlass?: boolean
  /** The uses of this break-glass account up to this entry of the audit log were looked at. */
  breakGlassSeen?: number
}
/** DELETE /api/people/:id/sessions */
export type SessionsEnded = { ended: number }

/** POST /api/auth/invite without a way: only looks. Answers {@link Invitation}. */
export type AcceptInviteRequest =
  | { token: string }
  | { token: string; password: string }
  | { token: string; way: 'oidc' }
/** What an invitation is for; nothing is used up by looking. */
export type Invitation = {
  name: string
  /** The person had a way to sign in before: this sets another password. */
  reset: boolean
  expiresAt: number
  /** Null: not offered. */
  oidc: { name: string } | null
  passwords: boolean
}
/** The invitation waits for the provider; the browser goes there. */
export type InviteAtProvider = { redirect: string }

/** One line of "whoever is in this group at the provider has this role here". */
export type GroupRole = {
  group: string
  role: Role
  /** Null: everywhere. */
  topologyId: string | null
}
/** PUT /api/settings/oidc; answers {@link OidcAnswer}. */
export type OidcRequest = {
  /** `https://auth.example.org/application/o/drawbridge/`, exactly as the provider writes it. */
  issuer: string
  clientId: string
  /** Absent: as it was. Null: a public client, guarded by PKCE alone. Sealed at once, never answered. */
  clientSecret?: string | null
  /** Separated by spaces; holds `openid`. */
  scopes: string
  /** Claim that an account is named after, such as `preferred_username`. */
  nameClaim: string
  /** Claim that lists a person's groups, such as `groups`. */
  groupsClaim: string
  /** Text on the sign-in page: "Sign in with ...". */
  label: string
  /** Certificate of the authority that signed the provider's, PEM; null: this machine's own list. */
  ca: string | null
  /** Empty: anybody whom the provider lets in. Otherwise one of these groups is needed. */
  allowedGroups: string[]
  /** Whether a person who was never here gets an account. Otherwise an invitation is needed. */
  makesAccounts: boolean
  /** What a new account may everywhere where no line of the mapping says otherwise. */
  defaultRole: Role
  /** Not empty: roles are taken over at each sign-in, and the people page no longer sets them. */
  mapping: GroupRole[]
  /** Passwords sign in break-glass accounts only. */
  breakGlassOnly: boolean
}
/** GET /api/settings/oidc; null settings: no provider. */
export type OidcAnswer = {
  settings: (Omit<OidcRequest, 'clientSecret'> & { hasSecret: boolean }) | null
  /** To be registered at the provider. */
  redirectUri: string
}
/** POST /api/settings/oidc/test: what the provider's own description says, line by line. */
export type OidcTestAnswer = { findings: OidcFinding[] }
export type OidcFinding = { level: 'ok' | 'warn' | 'fail'; text: string }

import type { GroupRole, OidcAnswer, OidcRequest } from '@/lib/api/contract-people'

/** What is typed into the form of the provider. */
export type OidcDraft = Omit<OidcRequest, 'clientSecret' | 'ca' | 'allowedGroups' | 'mapping'> & {
  /** Empty: as it was. */
  clientSecret: string
  /** A public client: PKCE alone guards it. */
  isPublic: boolean
  ca: string
  /** Separated by commas or lines. */
  allowedGroups: string
  mapping: (GroupRole & { key: string })[]
}

export type OidcFaults = Partial<Record<keyof OidcDraft, string>>

const EMPTY: OidcDraft = {
  ...{ issuer: '', clientId: '', clientSecret: '', isPublic: false },
  ...{ scopes: 'openid profile groups', nameClaim: 'preferred_username', groupsClaim: 'groups' },
  ...{ label: '', ca: '', allowedGroups: '', makesAccounts: false, defaultRole: 'member' },
  ...{ mapping: [], breakGlassOnly: false },
}

/** The form as it opens. */
export function toDraft({ settings }: OidcAnswer): OidcDraft {
  if (!settings) return EMPTY
  const { hasSecret, ca, allowedGroups, mapping, ...rest } = settings
  return {
    ...rest,
    ...{ clientSecret: '', isPublic: !hasSecret, ca: ca ?? '' },
    allowedGroups: allowedGroups.join(', '),
    mapping: mapping.map((each, index) => ({ ...each, key: String(index) })),
  }
}

/** What is sent. A secret that was not typed stays as it was. */
export function toRequest(draft: OidcDraft): OidcRequest {
  const { clientSecret, isPublic, ca, allowedGroups, mapping, ...rest } = draft
  return {
    ...rest,
    ...(isPublic ? { clientSecret: null } : clientSecret === '' ? {} : { clientSecret }),
    ca: ca.trim() === '' ? null : ca.trim(),
    allowedGroups: groupsIn(allowedGroups),
    mapping: mapping.map(({ group, role, topologyId }) => ({
      ...{ group: group.trim(), role, topologyId },
    })),
  }
}

/** Names separated by commas or lines, each once. */
export const groupsIn = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,\n]/)
      .map((each) => each.trim())
      .filter((each) => each !== ''),
  ),
]

/** What cannot be sent as it stands; the server knows more. */
export function faultsOf(draft: OidcDraft, { settings }: OidcAnswer): OidcFaults {
  const faults: OidcFaults = {}
  if (!/^https?:\/\/[^/\s]+/.test(draft.issuer))
    faults.issuer = 'Write the issuer as the provider does, https://...'
  if (draft.clientId.trim() === '') faults.clientId = 'The provider gives it to the panel.'
  if (draft.label.trim() === '') faults.label = 'The button needs a name.'
  if (!draft.isPublic && draft.clientSecret === '' && !settings?.hasSecret)
    faults.clientSecret = 'Type it, or say that the client is public.'
  if (!draft.scopes.split(/\s+/).includes('openid')) faults.scopes = 'openid has to be one of them.'
  if (draft.ca.trim() !== '' && !draft.ca.includes('-----BEGIN CERTIFICATE-----'))
    faults.ca = 'Paste a certificate in PEM form.'
  if (draft.mapping.some(({ group }) => group.trim() === ''))
    faults.mapping = 'Every line needs a group.'
  return faults
}

import type { OpenedProvider } from './provider'

/** One line of what the provider says about itself, for who sets it up. */
export type Finding = { level: 'ok' | 'warn' | 'fail'; text: string }

/** Judges a provider's own description by what sign-in will need of it. */
export function examine({ provider, config }: OpenedProvider): Finding[] {
  const about = config.serverMetadata()
  const lacks = (known: readonly string[] | undefined, wanted: readonly string[]) =>
    known ? wanted.filter((each) => !known.includes(each)) : []
  const scopes = lacks(about.scopes_supported, provider.scopes.split(/\s+/))
  const claims = lacks(about.claims_supported, [provider.nameClaim, provider.groupsClaim])
  const algorithms = about.id_token_signing_alg_values_supported ?? ['RS256']
  const methods = about.token_endpoint_auth_methods_supported
  const asymmetric = algorithms.filter((each) => !each.startsWith('HS') && each !== 'none')
  return [
    { level: 'ok', text: `${about.issuer} answers and describes itself as that issuer.` },
    about.authorization_endpoint && about.token_endpoint && about.jwks_uri
      ? { level: 'ok', text: `People are sent to ${about.authorization_endpoint}.` }
      : {
          level: 'fail',
          text: 'The description lacks an authorization, token or key endpoint; nobody can sign in.',
        },
    config.serverMetadata().supportsPKCE()
      ? { level: 'ok', text: 'Codes are guarded by PKCE (S256).' }
      : {
          level: provider.clientSecret ? 'warn' : 'fail',
          text: provider.clientSecret
            ? 'It does not say that it knows PKCE; the panel sends it all the same.'
            : 'It does not say that it knows PKCE, which is all that guards a client without a secret.',
        },
    asymmetric.length > 0
      ? { level: 'ok', text: `ID tokens are signed with ${asymmetric.join(', ')}.` }
      : {
          level: 'fail',
          text: 'It signs ID tokens with the shared secret only; choose a signing key for this client.',
        },
    ...signInMethod(provider.clientSecret !== null, methods),
    ...listed(scopes, 'scope', 'ask for them only if the provider knows them'),
    ...listed(claims, 'claim', 'it may still send them; sign in once to see'),
  ]
}

function signInMethod(hasSecret: boolean, methods: readonly string[] | undefined): Finding[] {
  if (hasSecret || !methods || methods.includes('none')) return []
  return [
    {
      level: 'warn',
      text: 'It does not list clients without a secret; register this one as public, or enter a secret.',
    },
  ]
}

const listed = (missing: readonly string[], what: string, advice: string): Finding[] =>
  missing.length === 0
    ? []
    : [{ level: 'warn', text: `It does not list the ${what} ${missing.join(', ')}; ${advice}.` }]

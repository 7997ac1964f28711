import * as oidc from 'openid-client'
import { assert } from '@/lib/base/assert'
import { type Claims, groupsIn, nameIn } from './claims'
import { toOidcError } from './errors'
import type { OpenedProvider } from './provider'

/** What is kept from leaving for the provider until coming back; none of it may be guessed. */
export type Round = { state: string; nonce: string; verifier: string }

/** Who the provider says that somebody is. */
export type Person = {
  issuer: string
  /** Never given to anybody else by this issuer. */
  subject: string
  /** What the person is called there. Null, as below: the provider sends no such claim. */
  name: string | null
  groups: string[] | null
}

/** Where to send a browser. `again` makes the provider ask anew, also who is signed in there. */
export async function beginSignIn(
  { provider, config }: OpenedProvider,
  { redirectUri, again }: { redirectUri: string; again: boolean },
): Promise<Round & { url: string }> {
  const verifier = oidc.randomPKCECodeVerifier()
  const round = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier }
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: provider.scopes,
    state: round.state,
    nonce: round.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(again ? { prompt: 'login', max_age: '0' } : {}),
  })
  return { url: url.href, ...round }
}

/**
 * Takes what the browser came back with: checks state and issuer, exchanges the code, checks the ID
 * token's signature, issuer, audience, nonce and times, and reads the claims, from the userinfo
 * endpoint too where the token lacks them. With `sinceS`, the provider must have asked the person
 * within so many seconds. Throws {@link OidcError}.
 */
export async function finishSignIn(
  { provider, config }: OpenedProvider,
  { callbackUrl, round, sinceS }: { callbackUrl: string; round: Round; sinceS: number | null },
): Promise<Person> {
  try {
    const tokens = await oidc.authorizationCodeGrant(config, new URL(callbackUrl), {
      pkceCodeVerifier: round.verifier,
      expectedState: round.state,
      expectedNonce: round.nonce,
      idTokenExpected: true,
      ...(sinceS === null ? {} : { maxAge: sinceS }),
    })
    const told = tokens.claims()
    assert(told, 'an answer without an ID token passed')
    const claims = await withUserInfo({ provider, config }, told, tokens.access_token)
    return {
      ...{ issuer: told.iss, subject: told.sub },
      name: nameIn(claims, provider.nameClaim),
      groups: groupsIn(claims, provider.groupsClaim),
    }
  } catch (error) {
    throw toOidcError(error, provider)
  }
}

/** Some providers tell names and groups only at the userinfo endpoint (Authelia since 4.39). */
async function withUserInfo(
  { provider, config }: OpenedProvider,
  told: oidc.IDToken,
  accessToken: string,
): Promise<Claims> {
  const complete =
    nameIn(told, provider.nameClaim) !== null && groupsIn(told, provider.groupsClaim) !== null
  if (complete || !config.serverMetadata().userinfo_endpoint) return told
  // The ID token was signed; where both have a claim, it counts.
  return { ...(await oidc.fetchUserInfo(config, accessToken, told.sub)), ...told }
}

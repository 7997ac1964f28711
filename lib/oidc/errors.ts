import * as oidc from 'openid-client'
import { PanelError } from '@/lib/base/errors'

/** What can be wrong between the panel and its provider. The texts are in {@link TEXTS}. */
export type OidcCode =
  | 'oidc.unreachable'
  | 'oidc.tls'
  | 'oidc.not-a-provider'
  | 'oidc.issuer-mismatch'
  | 'oidc.clock'
  | 'oidc.client-refused'
  | 'oidc.symmetric'
  | 'oidc.turned-down'
  | 'oidc.code-refused'
  | 'oidc.not-asked-for'
  | 'oidc.token-invalid'
  | 'oidc.not-fresh'

/** The provider, or the way to it, is not as it should be. */
export class OidcError extends PanelError {
  override readonly transient: boolean

  constructor(
    readonly code: OidcCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.transient = code === 'oidc.unreachable'
  }
}

type Told = { issuer: string }

/** Codes of `node:tls` (OpenSSL's X509_V_ERR) that say why a certificate was not believed. */
const TLS = new Map([
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its authority is not known to this machine'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is signed by itself'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its authority is not known, or it does not send the chain'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its authority is not known to this machine'],
  ['CERT_HAS_EXPIRED', 'its certificate has ended'],
  ['CERT_NOT_YET_VALID', 'its certificate does not count yet; compare the clocks'],
  ['CERT_SIGNATURE_FAILURE', 'another authority of the same name signed its certificate'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name'],
])

/** The same of others, in OpenSSL's words. */
const IS_TLS = /^(CERT_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|EPROTO$)/

/** Whatever openid-client, fetch or TLS threw, as what - why - what to do. Bugs come through. */
export function toOidcError(error: unknown, { issuer }: Told): Error {
  const chain = causesOf(error)
  const own = chain.find((each) => each instanceof PanelError)
  if (own) return own
  const codes = chain.map((each) => (typeof each.code === 'string' ? each.code : ''))
  const tls = codes.find((code) => TLS.has(code) || IS_TLS.test(code))
  if (tls) return make('oidc.tls', error, { issuer, why: TLS.get(tls) ?? wordsOf(chain) })
  const isLost = error instanceof TypeError && error.message === 'fetch failed'
  if (isLost || chain.some(isNoAnswer))
    return make('oidc.unreachable', error, { issuer, why: wordsOf(chain) })
  return fromAnswer(error, chain, issuer)
}

/** The provider answered, and what it answered is not what signs anybody in. */
function fromAnswer(error: unknown, chain: readonly Caused[], issuer: string): Error {
  const [first] = chain
  const why = wordsOf(chain)
  if (error instanceof oidc.AuthorizationResponseError)
    return make('oidc.turned-down', error, { issuer, why: `${error.error}${said(error)}` })
  if (error instanceof oidc.ResponseBodyError) {
    const code = ['invalid_client', 'unauthorized_client'].includes(error.error)
      ? 'oidc.client-refused'
      : 'oidc.code-refused'
    return make(code, error, { issuer, why: `${error.error}${said(error)}` })
  }
  if (error instanceof oidc.WWWAuthenticateChallengeError) {
    const words = error.cause[0]?.parameters.error ?? `HTTP ${error.status}`
    return make('oidc.client-refused', error, { issuer, why: words })
  }
  const about = aboutOf(chain)
  switch (first?.code) {
    case 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED':
      return make('oidc.issuer-mismatch', error, { issuer, why: about.found ?? 'something else' })
    case 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED':
      if (about.claim === 'auth_time') return make('oidc.not-fresh', error, { issuer, why })
      return make('oidc.clock', error, { issuer, why: about.claim ?? why })
    case 'OAUTH_RESPONSE_IS_NOT_CONFORM':
    case 'OAUTH_RESPONSE_IS_NOT_JSON':
    case 'OAUTH_PARSE_ERROR':
    case 'OAUTH_MISSING_SERVER_METADATA':
    case 'OAUTH_INVALID_SERVER_METADATA':
      return make('oidc.not-a-provider', error, { issuer, why })
    case 'OAUTH_INVALID_RESPONSE':
      if (/"alg"/.test(why)) return make('oidc.symmetric', error, { issuer, why })
      if (/auth_time/.test(why)) return make('oidc.not-fresh', error, { issuer, why })
      if (/"state"|"iss"|response parameter/.test(why))
        return make('oidc.not-asked-for', error, { issuer, why })
      return make('oidc.token-invalid', error, { issuer, why })
    case 'OAUTH_JWT_CLAIM_COMPARISON_FAILED':
      if (about.claim === 'nonce') return make('oidc.not-asked-for', error, { issuer, why })
      return make('oidc.token-invalid', error, { issuer, why: about.claim ?? why })
    case 'OAUTH_UNSUPPORTED_OPERATION':
      return make('oidc.symmetric', error, { issuer, why })
    default:
      if (error instanceof oidc.ClientError)
        return make('oidc.token-invalid', error, { issuer, why })
      return error instanceof Error ? error : new Error(String(error))
  }
}

type Words = { issuer: string; why: string }

/** What - why - what to do, for who set the provider up; the sign-in page has plainer ones. */
const TEXTS: Record<OidcCode, (words: Words) => string> = {
  'oidc.unreachable': ({ issuer, why }) =>
    `The provider ${issuer} does not answer - ${why} - see whether it runs and whether this machine reaches it; break-glass accounts sign in by password meanwhile.`,
  'oidc.tls': ({ issuer, why }) =>
    `The provider ${issuer} could not prove who it is - ${why} - paste the certificate of its authority into the settings, or renew its certificate.`,
  'oidc.not-a-provider': ({ issuer, why }) =>
    `At ${issuer} there is no OpenID Connect provider - its description /.well-known/openid-configuration could not be read: ${why} - copy the issuer from the provider's own page; a missing path is the usual reason.`,
  'oidc.issuer-mismatch': ({ issuer, why }) =>
    `The provider calls itself ${why} and the settings say ${issuer} - to a client those are two providers - write the issuer exactly as the provider does, with or without the slash at its end.`,
  'oidc.clock': ({ issuer, why }) =>
    `What ${issuer} signed does not count now - its time (${why}) and this machine's differ by more than ${30} s - set both clocks, best by NTP.`,
  'oidc.client-refused': ({ issuer, why }) =>
    `The provider ${issuer} does not know this panel - it answered "${why}" - compare client id and client secret, and whether the client may use client_secret_basic.`,
  'oidc.symmetric': ({ issuer, why }) =>
    `What ${issuer} signed cannot be checked - ${why} - choose a signing key for this client at the provider, RS256 or ES256; without one it signs with the shared secret.`,
  'oidc.turned-down': ({ issuer, why }) =>
    `The provider ${issuer} let nobody in - it answered "${why}" - sign in again, and allow this panel at the provider.`,
  'oidc.code-refused': ({ issuer, why }) =>
    `The sign-in at ${issuer} did not count - it answered "${why}", as it does when a code is old or used, or the redirect URI is another than was registered - sign in again.`,
  'oidc.not-asked-for': ({ why }) =>
    `This answer belongs to no sign-in of this browser - ${why} - begin again at the panel's own sign-in page.`,
  'oidc.token-invalid': ({ issuer, why }) =>
    `What ${issuer} sent signs nobody in - ${why} - compare the client's settings there; the panel takes RS256, ES256 and their like.`,
  'oidc.not-fresh': ({ issuer, why }) =>
    `The provider ${issuer} did not ask anew who you are, or does not say when it did - ${why} - add a passkey or a password in My account for such acts.`,
}

function make(code: OidcCode, cause: unknown, words: Words): OidcError {
  return new OidcError(code, TEXTS[code](words), { cause })
}

type Caused = { message: string; name: string; code?: unknown; cause?: unknown }

function causesOf(error: unknown): Caused[] {
  const chain: Caused[] = []
  for (let at = error; at instanceof Error && chain.length < 8; at = at.cause)
    chain.push(at as Caused)
  return chain
}

const NO_ANSWER = /^(E[A-Z]+|UND_ERR_\w+|OAUTH_TIMEOUT|OAUTH_ABORT)$/
const isNoAnswer = ({ code, name }: Caused): boolean =>
  name === 'TimeoutError' ||
  name === 'AbortError' ||
  (typeof code === 'string' && NO_ANSWER.test(code) && !code.startsWith('ERR_'))

/** The innermost words; network errors have them there. */
const wordsOf = (chain: readonly Caused[]): string =>
  chain.map(({ message }) => message).findLast((message) => message !== '') ?? 'it says nothing'

const said = ({ error_description: text }: { error_description?: string | undefined }) =>
  text ? `: ${text.slice(0, 200)}` : ''

/** What the library found instead, from its causes, which are plain objects. */
function aboutOf(chain: readonly Caused[]): { claim?: string; found?: string } {
  for (const { cause } of chain) {
    if (typeof cause !== 'object' || cause === null || cause instanceof Error) continue
    const { claim, body } = cause as { claim?: unknown; body?: { issuer?: unknown } }
    return {
      ...(typeof claim === 'string' ? { claim } : {}),
      ...(typeof body?.issuer === 'string' ? { found: body.issuer } : {}),
    }
  }
  return {}
}

import { rootCertificates, connect as tlsConnect } from 'node:tls'
import * as oidc from 'openid-client'
import { Agent, fetch as undiciFetch } from 'undici'
import type { Secret } from '@/lib/base/secret'
import type { Egress } from '@/lib/io/egress'
import { toOidcError } from './errors'

/** An OpenID Connect provider as an admin described it. */
export type Provider = {
  issuer: string
  clientId: string
  /** Null: a public client, which PKCE alone guards. */
  clientSecret: Secret | null
  /** Separated by spaces. */
  scopes: string
  nameClaim: string
  groupsClaim: string
  /** PEM of the authority that signed the provider's certificate; null: this machine's own list. */
  ca: string | null
}

/** How the provider is reached, and how long all of one question may take. */
export type Reaching = { egress: Pick<Egress, 'fetch' | 'connect'>; signal: AbortSignal }

/** A provider whose own description was read. */
export type OpenedProvider = { provider: Provider; config: oidc.Configuration }

/** Clocks of a homelab drift; more than this is said in words instead of being put up with. */
export const CLOCK_TOLERANCE_S = 30
/** One request; all of a question together have {@link Reaching.signal}. */
const REQUEST_S = 8

/**
 * Reads the provider's description and keeps everything that the other questions need. Signatures
 * of ID tokens are checked always, also where TLS alone would vouch. Throws {@link OidcError}.
 */
export async function openProvider(
  provider: Provider,
  { egress, signal }: Reaching,
): Promise<OpenedProvider> {
  const url = new URL(provider.issuer)
  const fetch = limited(providerFetch(egress, provider.ca), signal)
  const secret = provider.clientSecret
  const execute = [
    oidc.enableNonRepudiationChecks,
    ...(url.protocol === 'http:' ? [oidc.allowInsecureRequests] : []),
  ]
  try {
    const config = await oidc.discovery(
      url,
      provider.clientId,
      { [oidc.clockTolerance]: CLOCK_TOLERANCE_S },
      secret ? basicOrPost(secret) : oidc.None(),
      { execute, timeout: REQUEST_S, [oidc.customFetch]: fetch },
    )
    return { provider, config }
  } catch (error) {
    throw toOidcError(error, provider)
  }
}

/** The same description for another question, which has a time limit of its own. */
export function reopenProvider(
  { provider, config }: OpenedProvider,
  { egress, signal }: Reaching,
): OpenedProvider {
  config[oidc.customFetch] = limited(providerFetch(egress, provider.ca), signal)
  return { provider, config }
}

/** Basic is the standard's default (OpenID Connect Core 9); post only where it is all there is. */
function basicOrPost(secret: Secret): oidc.ClientAuth {
  return (as, client, body, headers) => {
    const methods = as.token_endpoint_auth_methods_supported
    const basic = !methods || methods.includes('client_secret_basic')
    const way = basic ? oidc.ClientSecretBasic : oidc.ClientSecretPost
    return way(secret.reveal())(as, client, body, headers)
  }
}

type Fetch = typeof undiciFetch

function limited(fetch: Fetch, limit: AbortSignal): oidc.CustomFetch {
  return async (url, { signal, duplex: _, ...options }) => {
    const signals = signal ? [signal, limit] : [limit]
    const init = { ...options, signal: AbortSignal.any(signals) } as Parameters<Fetch>[1]
    return (await fetch(url, init)) as unknown as Response
  }
}

/** {@link Egress} `fetch`, which beside the usual authorities believes the one that an admin pasted. */
function providerFetch(egress: Reaching['egress'], ca: string | null): Fetch {
  if (ca === null) return egress.fetch
  const dispatcher = new Agent({
    keepAliveTimeout: 1,
    connect: ({ hostname, protocol, port, servername }, done) => {
      egress.connect(hostname, Number(port) || (protocol === 'https:' ? 443 : 80)).then(
        (socket) => {
          if (protocol !== 'https:') return done(null, socket)
          const name = servername ? { servername } : { host: hostname }
          const secure = tlsConnect({ socket, ...name, ca: [...rootCertificates, ca] })
          secure.once('secureConnect', () => done(null, secure))
          secure.once('error', (error) => done(error, null))
        },
        (error: Error) => done(error, null),
      )
    },
  })
  return (input, init) => undiciFetch(input, { ...init, dispatcher })
}

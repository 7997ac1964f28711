import { createHmac, createSign, generateKeyPairSync } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'

/** A person as the test provider knows them; the key is what is typed as login. */
export type TestPerson = { name?: string; groups?: string[] }

export type TestProvider = {
  issuer: string
  clientId: string
  clientSecret: string
  /** Changes what the next ID tokens claim, signed again with the right key unless `sign` says else. */
  tamper: {
    claims?: (claims: Record<string, unknown>) => object
    sign?: 'none' | 'HS256' | 'broken'
  }
  /** Requests so far, `POST /token`. */
  requests: string[]
  people: Record<string, TestPerson>
  close(): Promise<void>
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const CLIENT = { clientId: 'drawbridge', clientSecret: 'a-secret-that-only-two-know' }

/**
 * A real OpenID provider on loopback with one client, people who sign in by their name, and PKCE. Its
 * own pages (`devInteractions`) ask for a login and for consent. `claimsIn: 'userinfo'` keeps all
 * but the subject out of the ID token.
 */
export async function startProvider(
  redirectUris: string[],
  { claimsIn = 'id-token', port = 0 }: { claimsIn?: 'id-token' | 'userinfo'; port?: number } = {},
): Promise<TestProvider> {
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' }
  let handle: http.RequestListener = (_, response) => response.writeHead(503).end()
  const requests: string[] = []
  const server = http.createServer((request, response) => {
    requests.push(`${request.method} ${request.url?.split('?')[0]}`)
    handle(request, response)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const people: TestProvider['people'] = {}
  const tamper: TestProvider['tamper'] = {}
  const provider = quietly(
    () =>
      new Provider(issuer, {
        clients: [
          {
            client_id: CLIENT.clientId,
            client_secret: CLIENT.clientSecret,
            redirect_uris: redirectUris,
          },
        ],
        claims: { openid: ['sub'], profile: ['preferred_username'], groups: ['groups'] },
        scopes: ['openid', 'profile', 'groups'],
        conformIdTokenClaims: claimsIn === 'userinfo',
        jwks: { keys: [jwk as never] },
        cookies: { keys: ['test'] },
        pkce: { required: () => true },
        findAccount: (_, id) => ({
          accountId: id,
          claims: () => ({
            sub: id,
            ...(people[id]?.name === undefined ? {} : { preferred_username: people[id].name }),
            ...(people[id]?.groups === undefined ? {} : { groups: people[id].groups }),
          }),
        }),
        ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
      }),
  )
  provider.use(async (ctx, next) => {
    await next()
    const body = ctx.body as { id_token?: string } | undefined
    if (ctx.path !== '/token' || typeof body?.id_token !== 'string') return
    if (tamper.claims || tamper.sign)
      body.id_token = tampered(body.id_token, tamper, (text) => {
        const signer = createSign('RSA-SHA256').update(text)
        return signer.sign(privateKey).toString('base64url')
      })
  })
  handle = provider.callback()
  return {
    ...{ issuer, ...CLIENT, tamper, requests, people },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function tampered(
  token: string,
  { claims, sign }: TestProvider['tamper'],
  rs256: (text: string) => string,
): string {
  const [head = '', payload = ''] = token.split('.')
  const decoded = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const body = Buffer.from(JSON.stringify(claims?.(decoded) ?? decoded)).toString('base64url')
  if (sign === undefined) return `${head}.${body}.${rs256(`${head}.${body}`)}`
  if (sign === 'broken') return `${head}.${body}.${rs256('something else')}`
  const alg = sign === 'none' ? 'none' : 'HS256'
  const other = Buffer.from(JSON.stringify({ alg, kid: 'k1' })).toString('base64url')
  const mac = createHmac('sha256', CLIENT.clientSecret).update(`${other}.${body}`)
  return `${other}.${body}.${sign === 'none' ? '' : mac.digest('base64url')}`
}

/**
 * Does what a person's browser does at the provider: follows `url`, signs in as `login`, consents,
 * and answers the address that it sends the browser back to. `abort` presses Cancel instead. `jar`
 * keeps its cookies from one time to the next.
 */
export async function signInAt(
  url: string,
  {
    login,
    abort = false,
    jar = new Map(),
  }: {
    login: string
    abort?: boolean
    jar?: Map<string, string>
  },
): Promise<string> {
  const { origin } = new URL(url)
  let at = url
  let form: string | null = null
  for (let hop = 0; hop < 20; hop++) {
    const response: Response = await fetch(at, {
      method: form === null ? 'GET' : 'POST',
      redirect: 'manual',
      headers: {
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(form === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(form === null ? {} : { body: form }),
    })
    for (const each of response.headers.getSetCookie()) {
      const [pair = ''] = each.split(';')
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    form = null
    const location = response.headers.get('location')
    if (location !== null) {
      at = new URL(location, at).href
      if (!at.startsWith(origin)) return at
      continue
    }
    const page = await response.text()
    const action = /action="([^"]+)"/.exec(page)?.[1]
    if (action === undefined) throw new Error(`${response.status} at ${at}: ${page.slice(0, 500)}`)
    if (abort) {
      at = new URL(/href="([^"]+abort[^"]*)"/.exec(page)?.[1] ?? '', at).href
      continue
    }
    at = new URL(action, at).href
    form = page.includes('value="login"')
      ? `prompt=login&login=${login}&password=x`
      : 'prompt=consent'
  }
  throw new Error('the provider sent the browser round in circles')
}

/** Without its advice for production. */
function quietly<T>(make: () => T): T {
  const { warn } = console
  console.warn = () => {}
  try {
    return make()
  } finally {
    console.warn = warn
  }
}

import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { Agent, buildConnector } from 'undici'
import { IdentityChangedError } from '@/lib/base/identity'
import { Secret } from '@/lib/base/secret'
import { authorityName, certificateError, sameFingerprint } from './certificate'
import { errorOfAnswer, ProxmoxError } from './errors'
import type { Limits, ProxmoxSettings } from './settings'
import type { VmParams } from './values'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** One call. `what` names it in errors: "Clone 9000 to 211". */
export type Call = {
  method: Method
  /** Below `/api2/json`, each part already encoded. */
  path: string
  what: string
  query?: VmParams
  body?: VmParams
  /** As JSON, where a value is an array (agent/exec). */
  json?: unknown
  multipart?: { body: AsyncIterable<Uint8Array>; contentType: string; length: number | null }
  signal?: AbortSignal
  /** How many times the usual limit it may take to answer; default 1. */
  patience?: number
  /** Answers everything beside `data` too, `{data, changes}`. */
  whole?: true
}

/** Sends calls to one Proxmox and answers with what stands in `data`. */
export type Transport = {
  send(call: Call): Promise<unknown>
  /** What signs a request of another connection in. */
  headers(): Promise<Record<string, Secret>>
  close(): Promise<void>
}

const LIMITS: Required<Limits> = {
  connectMs: 8_000,
  answerMs: 40_000, // PVE itself gives up on a hung node after 30 s, with a 596.
  connections: 8,
}

/** A keep-alive pool whose sockets are handed out only after their certificate was compared. */
export function openTransport(settings: ProxmoxSettings): Transport {
  const origin = new URL(settings.url).origin
  const limits = { ...LIMITS, ...settings.limits }
  // Whoever was shown a stranger once asks nothing more, on no connection that is still open either.
  let changed: IdentityChangedError | null = null
  const onChanged = (error: IdentityChangedError) => {
    if (changed !== null) return
    changed = error
    settings.onChanged?.(error)
    void agent.destroy(error)
  }
  const agent = new Agent({
    connect: pinnedConnector(settings, limits.connectMs, onChanged),
    connections: limits.connections,
    pipelining: 1,
    keepAliveTimeout: 4_000, // pveproxy closes idle connections after 5 s
  })
  const way = { agent, origin, answerMs: limits.answerMs }
  const signIn = authenticator(settings, (call) => exchange(way, call, {}))

  const once = async (call: Call) => exchange(way, call, await signIn.headers(call))
  return {
    async send(call) {
      if (changed !== null) throw changed
      try {
        return await once(call)
      } catch (error) {
        if (changed !== null) throw changed
        if (call.method === 'GET' && brokeOnReuse(error)) return once(call)
        if (signIn.expired(error)) return once(call)
        throw error
      }
    },
    async headers() {
      const headers = await signIn.headers({ method: 'GET', path: '', what: 'Sign in' })
      return Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, new Secret(value)]),
      )
    },
    close: async () => {
      if (!agent.destroyed) await agent.close()
    },
  }
}

type Connect = ReturnType<typeof buildConnector>

/**
 * Compares the pinned SHA-256 before a byte of ours is sent: a socket that undici has not got cannot
 * carry a request. Without a pin the pasted authority decides, else the system's.
 */
function pinnedConnector(
  { fingerprint, caPem = null, name }: ProxmoxSettings,
  timeout: number,
  onChanged: (error: IdentityChangedError) => void,
): Connect {
  const byAuthority = fingerprint === null && caPem !== null
  const connect = buildConnector({
    timeout,
    // Judged below, where what was shown can be told.
    rejectUnauthorized: fingerprint === null && caPem === null,
    ...(byAuthority ? { ca: caPem } : {}),
    maxCachedSessions: 0, // A resumed session shows no certificate.
  })
  return (options, callback) =>
    connect(options, (...[error, socket]) => {
      if (error) return callback(error, null)
      const expected = byAuthority ? authorityName(caPem) : fingerprint
      if (expected === null || isExpected(socket, fingerprint)) return callback(null, socket)
      const shown = shownFingerprint(socket) ?? 'no certificate' // A closed socket shows none.
      socket.destroy()
      const changed = certificateError(name ?? options.host ?? options.hostname, expected, shown)
      onChanged(changed)
      callback(changed, null)
    })
}

/** With a pin: the same certificate. Without: one that the pasted authority vouches for, of this name. */
const isExpected = (socket: Socket | TLSSocket, fingerprint: string | null): boolean =>
  fingerprint === null
    ? 'authorized' in socket && socket.authorized
    : sameFingerprint(shownFingerprint(socket) ?? '', fingerprint)

const shownFingerprint = (socket: Socket | TLSSocket): string | null =>
  'getPeerCertificate' in socket ? (socket.getPeerCertificate()?.fingerprint256 ?? '') : null

type Headers = Record<string, string>

type Way = { agent: Agent; origin: string; answerMs: number }

async function exchange(
  { agent, origin, answerMs }: Way,
  call: Call,
  auth: Headers,
): Promise<unknown> {
  const limitMs = answerMs * (call.patience ?? 1)
  const { headers, body } = payloadOf(call)
  let answer: { status: number; reason: string; body: string }
  try {
    const response = await agent.request({
      origin,
      path: `/api2/json${call.path}${formOf(call.query, '?')}`,
      method: call.method,
      headers: { ...auth, ...headers },
      body: body as string | Readable | undefined,
      signal: call.signal,
      headersTimeout: limitMs,
      bodyTimeout: limitMs,
    })
    answer = {
      status: response.statusCode,
      reason: response.statusText,
      body: await response.body.text(),
    }
  } catch (error) {
    throw transportError(call, origin, error)
  }
  if (answer.status < 200 || answer.status > 299) throw errorOfAnswer(call.what, answer)
  return dataOf(call, answer)
}

function payloadOf(call: Call): { headers: Headers; body?: unknown } {
  if (call.multipart) {
    const { body, contentType, length } = call.multipart
    return {
      headers: {
        'content-type': contentType,
        ...(length === null ? {} : { 'content-length': String(length) }),
      },
      body,
    }
  }
  if (call.json !== undefined)
    return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(call.json) }
  // A DELETE or GET with a body is refused with 501; a POST without one is fine.
  if (call.method === 'GET' || call.method === 'DELETE') return { headers: {} }
  return {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: formOf(call.body, ''),
  }
}

/** Forms know only 0 and 1 as booleans (JSONSchema.pm:1029). */
function formOf(params: VmParams | undefined, prefix: string): string {
  const form = new URLSearchParams()
  for (const [key, value] of Object.entries(params ?? {})) {
    if (value === null || value === undefined) continue
    form.set(key, typeof value === 'boolean' ? (value ? '1' : '0') : String(value))
  }
  const text = form.toString()
  return text ? prefix + text : ''
}

function dataOf(call: Call, answer: { status: number; reason: string; body: string }): unknown {
  try {
    const parsed = JSON.parse(answer.body) as { data?: unknown } | null
    if (parsed !== null && typeof parsed === 'object' && 'data' in parsed)
      return call.whole ? parsed : (parsed.data ?? null)
  } catch (cause) {
    throw unexpected(call, answer, cause)
  }
  throw unexpected(call, answer, null)
}

const unexpected = (
  call: Call,
  answer: { status: number; reason: string; body: string },
  cause: unknown,
) =>
  new ProxmoxError(
    'proxmox.unexpected-answer',
    `${call.what}: the answer is not one of Proxmox's API - check that the address is Proxmox's own (port 8006).`,
    { answer, cause },
  )

function transportError(call: Call, origin: string, error: unknown): unknown {
  if (error instanceof ProxmoxError || error instanceof IdentityChangedError) return error
  if (call.signal?.aborted) return call.signal.reason
  const text = error instanceof Error ? error.message : String(error)
  const code = (error as NodeJS.ErrnoException | null)?.code ?? ''
  if (/^(DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|CERT_|ERR_TLS_CERT)/.test(code))
    return new ProxmoxError(
      'proxmox.certificate-untrusted',
      `${origin} shows a certificate that this machine does not trust (${text}) - accept its fingerprint in Settings > Connections.`,
      { cause: error },
    )
  return new ProxmoxError(
    'proxmox.unreachable',
    `${call.what}: ${origin} does not answer (${text || code}) - check that the host is up and reachable from the panel.`,
    { cause: error, mayHaveHappened: call.method !== 'GET' && !neverSent(error) },
  )
}

/** Codes of a connection that did not come about. */
const NO_CONNECTION = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])

/**
 * Whether no connection came about, so that nothing was sent on it. A route or a peer that is lost
 * later has the same codes as one that never was there: then only a failed `connect` says so.
 */
export function neverSent(error: unknown): boolean {
  // Of several addresses none was reached.
  if (error instanceof AggregateError)
    return error.errors.length > 0 && error.errors.every(neverSent)
  const { code = '', syscall } = error as NodeJS.ErrnoException
  return NO_CONNECTION.has(code) || syscall === 'connect'
}

/** A kept connection that the other side closed at the same moment: nothing was done, a read may be asked again. */
const brokeOnReuse = (error: unknown): boolean =>
  error instanceof ProxmoxError &&
  error.code === 'proxmox.unreachable' &&
  ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(
    (error.cause as NodeJS.ErrnoException | undefined)?.code ?? '',
  )

type Authenticator = {
  headers(call: Call): Promise<Headers>
  /** Whether a fresh sign-in may mend it; forgets the old one. */
  expired(error: unknown): boolean
}

/** Tokens go along as they are; tickets are fetched once and again when they ran out (2 h). */
function authenticator(
  settings: ProxmoxSettings,
  ask: (call: Call) => Promise<unknown>,
): Authenticator {
  const { auth } = settings
  if (auth.kind === 'token') {
    return {
      headers: async () => ({ authorization: `PVEAPIToken=${auth.id}=${auth.secret.reveal()}` }),
      expired: () => false,
    }
  }
  let ticket: Promise<{ ticket: string; csrf: string }> | null = null
  const fetchTicket = async () => {
    const data = (await ask({
      method: 'POST',
      path: '/access/ticket',
      what: `Sign in as ${auth.user}`,
      body: { username: auth.user, password: auth.password.reveal() },
    })) as { ticket?: unknown; CSRFPreventionToken?: unknown } | null
    return { ticket: String(data?.ticket), csrf: String(data?.CSRFPreventionToken) }
  }
  return {
    async headers(call) {
      ticket ??= fetchTicket()
      const held = await ticket.catch((error: unknown) => {
        ticket = null
        throw error
      })
      return {
        cookie: `PVEAuthCookie=${encodeURIComponent(held.ticket)}`,
        ...(call.method === 'GET' ? {} : { csrfpreventiontoken: held.csrf }),
      }
    },
    expired(error) {
      const yes = error instanceof ProxmoxError && error.code === 'proxmox.auth' && ticket !== null
      if (yes) ticket = null
      return yes
    },
  }
}

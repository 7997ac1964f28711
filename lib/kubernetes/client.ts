import { X509Certificate } from 'node:crypto'
import { type TLSSocket, connect as tlsConnect } from 'node:tls'
import { Agent, request } from 'undici'
import { IdentityChangedError } from '@/lib/base/identity'
import type { Dialer } from '@/lib/io/dialer'
import { KubernetesError, toKubernetesError } from './errors'
import { type Kubeconfig, parseKubeconfig } from './kubeconfig'
import type { Kubernetes, KubernetesObject } from './kubernetes'
import { objectPath } from './object-path'
import type { WatchSource } from './watch'

export type KubernetesClientOptions = {
  /** With its keys inline. */
  kubeconfig: string
  /** How the cluster's network is reached. */
  dialer: Dialer
  /** For each request; default 15,000. */
  timeoutMs?: number
  /** For messages; default host and port of the server. */
  name?: string
  /** Told when somebody answers whom the kubeconfig's authority does not vouch for. */
  onChanged?(error: IdentityChangedError): void
  /** Told when the one who answers is the one that the kubeconfig names. */
  onProven?(): void
}

/** A thin client of the Kubernetes API. Keeps its connections; call `close` when done with it. */
export type KubernetesClient = Kubernetes & WatchSource & { close(): Promise<void> }

/** A watch that is quiet for so long is begun again: its connection may be dead. */
const QUIET_MS = 120_000

type Call = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  query?: Record<string, string>
  body?: unknown
  contentType?: string
}

/** Opens nothing yet. Throws `kubernetes.kubeconfig` if the kubeconfig cannot be used. */
export function kubernetesClient(options: KubernetesClientOptions): KubernetesClient {
  const config = parseKubeconfig(options.kubeconfig)
  const agent = agentFor(config, options)
  // Streams have connections of their own, which end when the client is closed.
  const streams = agentFor(config, options)
  let closing: Promise<unknown> | null = null
  const headers = {
    accept: 'application/json',
    ...(config.token === null ? {} : { authorization: `Bearer ${config.token}` }),
  }

  const call = async ({ method, path, query, body, contentType }: Call) => {
    const url = urlOf(config, path, query)
    const answer = await request(url, {
      method,
      dispatcher: agent,
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw unreachable(config.server, error)
    })
    return { status: answer.statusCode, text: await answer.body.text() }
  }

  const must = async (what: Call) => {
    const { status, text } = await call(what)
    if (status >= 200 && status < 300) return text === '' ? null : (JSON.parse(text) as unknown)
    throw toKubernetesError(status, messageOf(text), `${what.method} ${what.path}`)
  }

  const kubernetes: KubernetesClient = {
    async ready() {
      try {
        const { status, text } = await call({ method: 'GET', path: '/readyz' })
        return status === 200 && text.trim() === 'ok'
      } catch (error) {
        if (error instanceof KubernetesError && error.code === 'kubernetes.unreachable')
          return false
        throw error
      }
    },
    async version() {
      const answer = (await must({ method: 'GET', path: '/version' })) as { gitVersion: string }
      return answer.gitVersion
    },
    async get(path) {
      const { status, text } = await call({ method: 'GET', path })
      if (status === 404) return null
      if (status !== 200) throw toKubernetesError(status, messageOf(text), `GET ${path}`)
      return JSON.parse(text) as KubernetesObject
    },
    list: async (path, query) => (await listPages(must, path, query)).items,
    async apply(object) {
      const path = await objectPath(object, kubernetes)
      const query = { fieldManager: 'drawbridge', force: 'true' }
      // JSON is YAML; the API reads server-side apply in this content type only.
      const contentType = 'application/apply-patch+yaml'
      return (await must({
        method: 'PATCH',
        path,
        query,
        body: object,
        contentType,
      })) as KubernetesObject
    },
    async patch(path, patch) {
      const contentType = 'application/merge-patch+json'
      return (await must({ method: 'PATCH', path, body: patch, contentType })) as KubernetesObject
    },
    async delete(path) {
      const { status, text } = await call({ method: 'DELETE', path })
      if (status >= 300 && status !== 404) {
        throw toKubernetesError(status, messageOf(text), `DELETE ${path}`)
      }
    },
    post: async (path, body) => (await call({ method: 'POST', path, body })).status,
    async snapshot(path) {
      const { items, version } = await listPages(must, path)
      return { items, version }
    },
    async *lines(path, version, signal) {
      const query = { watch: '1', resourceVersion: version, allowWatchBookmarks: 'true' }
      const how = { dispatcher: streams, headers, signal, bodyTimeout: QUIET_MS }
      const answer = await request(urlOf(config, path, query), how).catch((error: unknown) => {
        throw signal.aborted ? signal.reason : unreachable(config.server, error)
      })
      if (answer.statusCode !== 200) {
        const said = messageOf(await answer.body.text())
        throw toKubernetesError(answer.statusCode, said, `WATCH ${path}`)
      }
      try {
        yield* linesOf(answer.body)
      } catch (error) {
        throw signal.aborted ? signal.reason : unreachable(config.server, error)
      }
    },
    async close() {
      closing ??= Promise.all([agent.close(), streams.destroy()])
      await closing
    },
  }
  return kubernetes
}

/** Whole lines of a stream, without their newlines. */
async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}

function urlOf(config: Kubeconfig, path: string, query: Record<string, string> = {}): URL {
  const url = new URL(path, config.server)
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
  return url
}

/** Follows `continue` tokens; pages of 500. `version` is what all of them are as of. */
async function listPages(
  must: (call: Call) => Promise<unknown>,
  path: string,
  query: Record<string, string> = {},
): Promise<{ items: KubernetesObject[]; version: string }> {
  const items: KubernetesObject[] = []
  let next: string | undefined
  let version = ''
  do {
    const page = (await must({
      method: 'GET',
      path,
      query: { limit: '500', ...query, ...(next ? { continue: next } : {}) },
    })) as {
      apiVersion: string
      kind: string
      items: KubernetesObject[]
      metadata?: { continue?: string; resourceVersion?: string }
    }
    // Items of a list carry neither kind nor version.
    const kind = page.kind.replace(/List$/, '')
    items.push(...page.items.map((item) => ({ ...item, apiVersion: page.apiVersion, kind })))
    next = page.metadata?.continue || undefined
    version = page.metadata?.resourceVersion ?? version
  } while (next !== undefined)
  return { items, version }
}

function agentFor(
  config: Kubeconfig,
  { dialer, timeoutMs = 15_000, name, onChanged, onProven }: KubernetesClientOptions,
): Agent {
  const { hostname, port } = new URL(config.server)
  return new Agent({
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    keepAliveTimeout: 30_000,
    connect: (_target, done) => {
      dialer.dial(hostname, Number(port || 443)).then(
        (stream) => {
          const socket = tlsConnect({
            socket: stream,
            servername: config.tlsServerName ?? hostname,
            ...(config.ca === null ? {} : { ca: config.ca }),
            ...(config.cert === null ? {} : { cert: config.cert }),
            ...(config.key === null ? {} : { key: config.key }),
            ALPNProtocols: ['http/1.1'],
            // Judged below, where what was shown can be told; the token follows only then.
            rejectUnauthorized: false,
          })
          // Something that accepts the connection and says nothing must not hold a call for ever.
          const timer = setTimeout(
            () => socket.destroy(new Error(`no TLS handshake within ${timeoutMs / 1000} s`)),
            timeoutMs,
          )
          socket.once('secureConnect', () => {
            clearTimeout(timer)
            if (!socket.authorized) {
              const error = strangerAt(config, socket, name)
              socket.destroy()
              onChanged?.(error)
              return done(error, null)
            }
            onProven?.()
            done(null, socket)
          })
          socket.once('error', (error) => {
            clearTimeout(timer)
            done(error, null)
          })
        },
        (error: Error) => done(error, null),
      )
    },
  })
}

/** Who answered in place of the cluster: what its authority is, and what was shown. */
function strangerAt(config: Kubeconfig, socket: TLSSocket, name?: string): IdentityChangedError {
  const authority =
    config.ca === null
      ? 'one that this machine trusts'
      : `one of the authority ${new X509Certificate(config.ca).fingerprint256}`
  return new IdentityChangedError(
    {
      kind: 'cluster',
      name: name ?? new URL(config.server).host,
      expected: authority,
      offered: socket.getPeerCertificate().fingerprint256 ?? 'no certificate',
    },
    socket.authorizationError,
  )
}

function unreachable(server: string, cause: unknown): KubernetesError | IdentityChangedError {
  if (cause instanceof IdentityChangedError) return cause
  const why = cause instanceof Error ? cause.message : String(cause)
  return new KubernetesError(
    'kubernetes.unreachable',
    `The cluster at ${server} does not answer: ${why.replace(/\.$/, '')}.`,
    { cause },
  )
}

/** The message of a Status object, or the text itself, at most 500 characters. */
function messageOf(text: string): string {
  try {
    const status = JSON.parse(text) as { message?: string }
    return status.message ?? text.slice(0, 500)
  } catch {
    // Not JSON: an answer of a proxy or load balancer in between. Its text is all there is.
    return text.slice(0, 500)
  }
}

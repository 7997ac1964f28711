import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { setTimeout as wait } from 'node:timers/promises'
import type { Answer } from '@/lib/lab/api/answer'
import type { LabRequest } from '@/lib/lab/api/request'
import { faultsOf } from '@/lib/lab/faults'
import { askThroughFaults, type BrokenAnswer, breakOff, isSilent } from './broken-calls'
import type { LabCertificate } from './certificate'
import { type Reset, serveControl } from './control'
import type { Engine } from './engine'
import { BodyError, readBody, toParams } from './read-body'

const PREFIX = '/api2/json'

/** The TLS server of a PVE host, not answering yet. */
export const createPveServer = (certificate: LabCertificate): Server =>
  createServer({ cert: certificate.chain, key: certificate.key })

/**
 * Lets a server answer as the API of a PVE host, the first one where none is named, and on the lab's
 * own control paths below `/lab`.
 */
export function servePve(
  server: Server,
  engine: Engine,
  reset: Reset,
  node: string | null = null,
): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'https://lab')
    const served = url.pathname.startsWith('/lab/')
      ? serveControl(engine, request, response, url, reset)
      : serveApi(engine, request, response, node)
    served.catch((error: unknown) => {
      console.error('lab: a request could not be answered:', error)
      response.destroy()
    })
  })
}

/** Whether the host that this port belongs to is down and refuses connections. */
const entryRefuses = ({ state }: Engine, host: string | null): boolean =>
  faultsOf(state, 'host-down').some(
    ({ node, how }) => how === 'refused' && node === (host ?? Object.keys(state.hosts)[0]),
  )

async function serveApi(
  engine: Engine,
  request: IncomingMessage,
  response: ServerResponse,
  node: string | null,
): Promise<void> {
  if (entryRefuses(engine, node)) {
    request.socket.destroy()
    return
  }
  if (isSilent(engine.state, node ?? Object.keys(engine.state.hosts)[0] ?? '')) return
  const answer: BrokenAnswer = await answerHttp(request, (parsed) =>
    askThroughFaults(engine, node === null ? parsed : { ...parsed, via: node }),
  )
  if (answer.delayMs > 0) await wait(answer.delayMs / engine.now().speed)
  if (response.destroyed) return
  if (answer.cut) breakOff(response, answer.cut)
  else send(response, answer)
}

/** What is read of a request; a stream of its body's bytes. */
export type HttpRequest = IncomingMessage

const bare = (status: number, reason: string): Answer => ({
  ...{ status, reason, body: null, delayMs: 0 },
})

/** Reads an HTTP request as pveproxy does, and answers with what `submit` makes of its meaning. */
export async function answerHttp(
  request: HttpRequest,
  submit: (request: LabRequest) => Promise<Answer>,
): Promise<Answer> {
  const method = request.method ?? 'GET'
  if (!['GET', 'POST', 'PUT', 'DELETE'].includes(method))
    return bare(501, `method '${method}' not available`)
  const [path = '/', query = ''] = splitQuery(request.url ?? '/')
  const prefix = [PREFIX, '/api2/extjs'].find((known) => path.startsWith(`${known}/`))
  if (!prefix) return bare(404, 'Not Found')
  try {
    const body = await readBody(request)
    const answer = await submit({
      method,
      path: normalPath(decodePath(path.slice(prefix.length))),
      params: { ...toParams(new URLSearchParams(query)), ...body.params },
      token: /^PVEAPIToken[= ](.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null,
      ticket: cookie(request, 'PVEAuthCookie'),
      csrf: header(request, 'csrfpreventiontoken'),
      upload: body.upload,
    })
    return prefix === PREFIX ? answer : inExtjs(answer)
  } catch (error) {
    if (error instanceof BodyError)
      return { status: error.status, reason: error.message, body: error.message, delayMs: 0 }
    throw error
  }
}

/** The form that PVE's own pages ask for: always 200, how it went is in the body (Formatter/Standard.pm). */
function inExtjs(answer: Answer): Answer {
  if (answer.body === null) return answer
  const body = JSON.parse(answer.body) as Record<string, unknown>
  const told =
    answer.status < 400
      ? { ...body, success: 1 }
      : { ...body, success: 0, status: answer.status, message: body.message ?? answer.reason }
  return { ...answer, status: 200, reason: 'OK', body: JSON.stringify(told) }
}

/** The target as it was sent: a path with `..` is no path of the API, and is not made one. */
function splitQuery(target: string): [string, string] {
  const at = target.indexOf('?')
  return at < 0 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)]
}

/** Doubled and trailing slashes do not count (recorded). */
const normalPath = (path: string): string => path.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1')

const decodePath = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    // A lone % stays as it is: no endpoint has such a path, so the answer is 501 as PVE's.
    return path
  }
}

const header = (request: IncomingMessage, name: string): string | null => {
  const value = request.headers[name]
  return typeof value === 'string' ? value : null
}

function cookie(request: IncomingMessage, name: string): string | null {
  const match = new RegExp(`(?:^|;\\s*)${name}=([^;]+)`).exec(request.headers.cookie ?? '')
  return match ? decodePath(match[1] as string) : null
}

/** Status line with the reason phrase; errors close the connection (recorded). */
function send(response: ServerResponse, answer: Answer): void {
  const reason = answer.reason.replace(/[^\x20-\x7e]/g, '?')
  const date = new Date().toUTCString()
  const headers: Record<string, string> = {
    'Cache-Control': 'max-age=0',
    Pragma: 'no-cache',
    Server: 'pve-api-daemon/3.0',
    Date: date,
    Expires: date,
  }
  if (answer.status >= 400) headers.Connection = 'close'
  if (answer.body !== null) headers['Content-Type'] = 'application/json;charset=UTF-8'
  headers['Content-Length'] = String(Buffer.byteLength(answer.body ?? ''))
  response.writeHead(answer.status, reason, headers)
  response.end(answer.body ?? undefined)
}

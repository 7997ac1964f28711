import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { setTimeout as wait } from 'node:timers/promises'
import type { Answer } from '@/lib/lab/api/answer'
import { faultsOf } from '@/lib/lab/faults'
import type { LabCertificate } from './certificate'
import { serveControl } from './control'
import type { Engine } from './engine'
import { BodyError, readBody, toParams } from './read-body'

const PREFIX = '/api2/json'

/** The TLS server of a PVE host, not answering yet. */
export const createPveServer = (certificate: LabCertificate): Server =>
  createServer({ cert: certificate.chain, key: certificate.key })

/** Lets a server answer as a PVE host's API, and on the lab's own control paths below `/lab`. */
export function servePve(server: Server, engine: Engine, reset: () => void): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'https://lab')
    const served = url.pathname.startsWith('/lab/')
      ? serveControl(engine, request, response, url, reset)
      : serveApi(engine, request, response, url)
    served.catch((error: unknown) => {
      console.error('lab: a request could not be answered:', error)
      response.destroy()
    })
  })
}

async function serveApi(
  engine: Engine,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  if (faultsOf(engine.state, 'host-down').some((fault) => fault.how === 'refused')) {
    request.socket.destroy()
    return
  }
  const answer = await answerPve(engine, request, url)
  if (answer.delayMs > 0) await wait(answer.delayMs / engine.now().speed)
  if (!response.destroyed) send(response, answer)
}

async function answerPve(engine: Engine, request: IncomingMessage, url: URL): Promise<Answer> {
  const method = request.method ?? 'GET'
  if (!['GET', 'POST', 'PUT', 'DELETE'].includes(method))
    return { status: 501, reason: `method '${method}' not available`, body: null, delayMs: 0 }
  const prefix = url.pathname.startsWith(`${PREFIX}/`) ? PREFIX : '/api2/extjs'
  if (!url.pathname.startsWith(`${prefix}/`))
    return { status: 404, reason: 'Not Found', body: null, delayMs: 0 }
  try {
    const body = await readBody(request)
    return await engine.request({
      method,
      path: decodePath(url.pathname.slice(prefix.length)),
      params: { ...toParams(url.searchParams), ...body.params },
      token: /^PVEAPIToken[= ](.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null,
      ticket: cookie(request, 'PVEAuthCookie'),
      csrf: header(request, 'csrfpreventiontoken'),
      upload: body.upload,
    })
  } catch (error) {
    if (error instanceof BodyError)
      return { status: error.status, reason: error.message, body: error.message, delayMs: 0 }
    throw error
  }
}

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

import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type Egress, EgressError, targetOf } from './egress'

/** A proxy on loopback for a program that opens connections of its own. */
export type EgressProxy = {
  /** For `HTTPS_PROXY` and `HTTP_PROXY`, with the password of this one run in it. */
  url: string
  /** What was refused so far, oldest first: says more than what the program makes of it. */
  refused: readonly EgressError[]
  close(): Promise<void>
}

/**
 * An HTTP proxy (CONNECT, RFC 9110 section 9.3.6, and plain requests) that goes where `egress` lets it
 * and nowhere else, so that redirects, look-ups and mirrors of a child process are held to the same
 * list. Listens on loopback only, and answers who knows the password in its URL: the other users of this
 * machine do not.
 */
export async function startEgressProxy(egress: Egress): Promise<EgressProxy> {
  const refused: EgressError[] = []
  const password = randomBytes(24).toString('base64url')
  const isOurs = knows(`Basic ${Buffer.from(`${USER}:${password}`).toString('base64')}`)
  const open = new Set<Socket>()
  const note = (error: unknown) => {
    if (error instanceof EgressError) refused.push(error)
    return error instanceof EgressError ? 403 : 502
  }
  const server = createServer((request, response) => {
    if (!isOurs(request)) {
      response.writeHead(407, { ...ASK, connection: 'close' }).end()
      return
    }
    forward(egress, request).then(
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
      (error: unknown) => {
        response.writeHead(note(error), { 'content-type': 'text/plain' })
        response.end(String(error instanceof Error ? error.message : error))
      },
    )
  })
  server.on('connection', (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    // The program may end in the middle; what it left is closed with it.
    socket.on('error', () => socket.destroy())
  })
  server.on('connect', (request, client: Socket, head) => {
    if (!isOurs(request)) return end(client, '407 Proxy Authentication Required')
    const target = authorityOf(request.url)
    if (target === null) return end(client, '400 Bad Request')
    egress.connect(target.host, target.port).then(
      (onward) => {
        if (client.destroyed) return onward.destroy()
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
        if (head.length > 0) onward.write(head)
        onward.on('error', () => client.destroy())
        client.on('close', () => onward.destroy())
        onward.pipe(client).pipe(onward)
      },
      (error: unknown) => {
        end(client, note(error) === 403 ? '403 Not Allowed' : '502 Bad Gateway')
      },
    )
  })
  await listen(server)
  return {
    url: `http://${USER}:${password}@127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused,
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

const USER = 'helm'
const ASK = { 'proxy-authenticate': 'Basic realm="Drawbridge"' }

const end = (client: Socket, status: string): void =>
  void client.end(
    `HTTP/1.1 ${status}\r\nproxy-authenticate: ${ASK['proxy-authenticate']}\r\nconnection: close\r\n\r\n`,
  )

/** Whether a request brings these very credentials. */
const knows =
  (expected: string) =>
  ({ headers }: IncomingMessage): boolean => {
    const [given, wanted] = [headers['proxy-authorization'] ?? '', expected].map((text) =>
      Buffer.from(text),
    ) as [Buffer, Buffer]
    return given.length === wanted.length && timingSafeEqual(given, wanted)
  }

/** Host and port that CONNECT names; null where it names none. */
function authorityOf(text = ''): { host: string; port: number } | null {
  const url = `https://${text}`
  return /^[^/?#@\\]+:\d+$/.test(text) && URL.canParse(url) ? targetOf(url) : null
}

/** Headers that are between two neighbours only (RFC 9110 section 7.6.1). */
const HOP = new Set(['connection', 'proxy-connection', 'keep-alive', 'proxy-authorization', 'te'])

async function forward(egress: Egress, request: IncomingMessage): Promise<IncomingMessage> {
  const url = new URL(request.url ?? '')
  const { host, port } = targetOf(url.href)
  const socket = await egress.connect(host, port)
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !HOP.has(name)),
  )
  return new Promise((resolve, reject) => {
    const { method } = request
    const path = `${url.pathname}${url.search}`
    const onward = httpRequest({ createConnection: () => socket, method, path, headers }, resolve)
    onward.on('error', reject)
    request.pipe(onward)
  })
}

const listen = (server: Server) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve())
  })

import { readFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import compression from 'compression'
import next from 'next'
import { PEER_HEADER, peerOf } from '@/lib/auth/peer'
import type { Config } from '@/lib/io/env'
import { pagesDir, root } from './place'

export type Web = {
  server: http.Server
  /** The port that it listens on, also when the configuration left it open. */
  port: number
  /** Prepares the pages; until it resolves everything but /healthz is answered 503. */
  openPages(): Promise<void>
  /** What is answered while the pages are not open, /healthz too; null: that the panel is starting. */
  standIn(trouble: StandIn | null): void
  /** Ends every connection and stops listening. */
  close(): Promise<void>
}

/** Answers instead of the pages, and says to programs why: a code. */
export type StandIn = { reason: string; answer: Handler }

export type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void

/** Listens at once, so that a taken port is known before anything is touched. */
export async function startWeb(config: Config, isReady: () => boolean): Promise<Web> {
  let pages: Handler | null = null
  let trouble: StandIn | null = null
  const server = http.createServer((request, response) => {
    if (request.url === '/healthz') return answerHealth(response, isReady(), trouble)
    if (pages) {
      const { remoteAddress } = request.socket
      const forwardedFor = request.headers['x-forwarded-for']
      request.headers[PEER_HEADER] = peerOf(remoteAddress, forwardedFor, config.trustProxy)
      return pages(request, response)
    }
    if (trouble) return trouble.answer(request, response)
    response.writeHead(503, { 'retry-after': '1', 'content-type': 'text/plain' })
    response.end('Drawbridge is starting.\n')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(config.port, config.host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const { port } = server.address() as AddressInfo
  return {
    server,
    port,
    openPages: async () => {
      pages = await preparePages(config.host, port, server)
    },
    standIn: (next) => {
      trouble = next
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function answerHealth(
  response: http.ServerResponse,
  ready: boolean,
  trouble: StandIn | null,
): void {
  response.writeHead(ready ? 200 : 503, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
  })
  response.end(JSON.stringify(trouble ? { ready, reason: trouble.reason } : { ready }))
}

async function preparePages(host: string, port: number, server: http.Server): Promise<Handler> {
  if (pagesDir) {
    // The configuration as it was built, so that running needs neither next.config.ts nor a compiler.
    const manifest = path.join(root, pagesDir, 'required-server-files.json')
    const { config } = JSON.parse(readFileSync(manifest, 'utf8'))
    process.env.__NEXT_PRIVATE_STANDALONE_CONFIG = JSON.stringify(config)
  }
  const app = next({ dev: !pagesDir, dir: root, hostname: host, port, httpServer: server })
  await app.prepare()
  const handle = app.getRequestHandler()
  // Next compresses pages but not what route handlers answer, and those are most of what is sent.
  const compress = compression() as unknown as (
    request: http.IncomingMessage,
    response: http.ServerResponse,
    next: () => void,
  ) => void
  return (request, response) => compress(request, response, () => void handle(request, response))
}

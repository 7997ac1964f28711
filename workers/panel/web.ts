import { readFileSync } from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import compression from 'compression'
import next from 'next'
import type { Config } from '@/lib/io/env'
import type { Log } from '@/lib/io/log'
import { makeFront } from './front'
import { originOf } from './origin'
import { pagesDir, root } from './place'
import { openTls, type Tls } from './tls'
import { listen } from './web-listen'

export type Web = {
  /** Takes requests and sockets that passed the front; it listens to nothing itself. */
  server: http.Server
  /** The URL to open. */
  origin: string
  /** Null where the panel speaks plain HTTP. */
  tls: Tls | null
  /** Prepares the pages; until it resolves everything but /healthz is answered 503. */
  openPages(): Promise<void>
  /** Takes the certificate that is due now, as once the data folder can be written. */
  renew(): Promise<void>
  /** Ends every connection and stops listening. */
  close(): Promise<void>
}

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void

/** Listens at once, so that a taken port is known before anything is touched. */
export async function startWeb(config: Config, isReady: () => boolean, log: Log): Promise<Web> {
  let pages: Handler | null = null
  const server = http.createServer((request, response) => {
    if (request.url === '/healthz') return answerHealth(response, isReady())
    if (pages) return pages(request, response)
    response.writeHead(503, { 'retry-after': '1', 'content-type': 'text/plain; charset=utf-8' })
    response.end('Drawbridge is starting.\n')
  })
  const tls = await openTls(config, log)
  const front = makeFront({ config, tls, hostname: os.hostname(), development: !pagesDir }, server)
  const listening = await listen(config, tls?.pair() ?? null, front)
  const renew = async () => {
    if (tls) await renewNow(tls, listening.setPair, log)
  }
  const renewing = tls && setInterval(() => void renew(), tls.everyMs).unref()
  return {
    server,
    origin: originOf(config, listening.port, tls),
    tls,
    openPages: async () => {
      pages = await preparePages(config.host, listening.port, server)
    },
    renew,
    close: () => {
      if (renewing) clearInterval(renewing)
      return listening.close()
    },
  }
}

async function renewNow(
  tls: Tls,
  setPair: (pair: { cert: string; key: string }) => void,
  log: Log,
): Promise<void> {
  try {
    if (await tls.refresh()) setPair(tls.pair())
  } catch (error) {
    // The certificate in use goes on; the next look may succeed.
    log(`the certificate could not be renewed: ${error instanceof Error ? error.message : error}`)
  }
}

function answerHealth(response: http.ServerResponse, ready: boolean): void {
  response.writeHead(ready ? 200 : 503, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
  })
  response.end(JSON.stringify({ ready }))
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

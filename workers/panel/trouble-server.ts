import type http from 'node:http'
import type { Trouble } from './trouble'
import { TROUBLE_CSP, TRY_AGAIN, troublePage } from './trouble-page'

/** Trouble that may pass by itself is looked at again so often, in milliseconds. */
const LOOK_AGAIN_MS = 30_000
/** Whoever reaches the port may ask for a look, and a look reads whole databases. */
const LEAST_MS = 1000
const MOST_WAITING = 20

export type TroubleServer = {
  /** Answers everything with the trouble; resolves when it is to be looked at again. */
  show(trouble: Trouble): Promise<void>
  /** Gives the server back to whom it belonged; who waited for a look is sent to the start page. */
  end(): void
}

/**
 * Takes the place of a server's own answers while the panel cannot start. `dataDir` is shown to the
 * panel's own machine alone.
 */
export function makeTroubleServer(server: http.Server, dataDir: string): TroubleServer {
  let shown: Trouble | null = null
  let lookAgain = () => {}
  let timer: NodeJS.Timeout | undefined
  const own = server.listeners('request') as http.RequestListener[]
  const waiting: http.ServerResponse[] = []

  const answer: http.RequestListener = (request, response) => {
    if (!shown) return
    if (request.method === 'POST' && request.url === TRY_AGAIN) {
      request.resume()
      if (waiting.length >= MOST_WAITING) {
        response.writeHead(503, { 'retry-after': '1', 'cache-control': 'no-store' }).end()
        return
      }
      waiting.push(response)
      lookAgain()
      return
    }
    const hide = isOwnMachine(request) ? null : dataDir
    answerTrouble(request, response, shown, hide)
  }
  const release = () => {
    clearTimeout(timer)
    for (const response of waiting.splice(0)) response.writeHead(303, { location: '/' }).end()
  }
  return {
    show: (trouble) => {
      if (!shown) {
        server.removeAllListeners('request')
        server.on('request', answer)
      }
      shown = trouble
      release()
      return new Promise((resolve) => {
        const soonest = Date.now() + LEAST_MS
        const lookIn = (ms: number) => {
          clearTimeout(timer)
          timer = setTimeout(resolve, ms)
        }
        if (trouble.passes) lookIn(LOOK_AGAIN_MS)
        lookAgain = () => {
          lookAgain = () => {}
          lookIn(Math.max(0, soonest - Date.now()))
        }
      })
    },
    end: () => {
      if (shown) {
        server.off('request', answer)
        for (const listener of own) server.on('request', listener)
      }
      shown = null
      release()
    },
  }
}

function answerTrouble(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  trouble: Trouble,
  hide: string | null,
): void {
  const headers = {
    'cache-control': 'no-store',
    'content-security-policy': TROUBLE_CSP,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'retry-after': '30',
  }
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
  if (path === '/healthz' || path.startsWith('/api/')) {
    const message = hide ? trouble.message.replaceAll(hide, 'the data folder') : trouble.message
    const body =
      path === '/healthz' ? { ready: false, reason: trouble.code } : { code: trouble.code, message }
    response.writeHead(503, { ...headers, 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
    return
  }
  response.writeHead(503, { ...headers, 'content-type': 'text/html; charset=utf-8' })
  response.end(request.method === 'HEAD' ? undefined : troublePage(trouble, hide))
}

/** Whether it came from this machine and not through a proxy on it. */
function isOwnMachine({ socket, headers }: http.IncomingMessage): boolean {
  const address = socket.remoteAddress?.replace(/^::ffff:/, '') ?? ''
  const loopback = address === '::1' || address.startsWith('127.')
  return loopback && !headers['x-forwarded-for'] && !headers.forwarded
}

import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Method, ROUTES, type RouteKey } from '@/lib/auth/access'
import { ORIGIN } from '@/lib/auth/testing/temp-panel'

type Handler = (
  request: Request,
  context: { params: Promise<Record<string, string | string[] | undefined>> },
) => Promise<Response>

export type Endpoint = {
  key: RouteKey
  method: Method
  /** `/api/t/[t]/jobs`. */
  path: string
  handler: Handler
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** Every verb of every endpoint under `app/api`, as its file exports it; one without a row throws. */
export async function everyEndpoint(): Promise<Endpoint[]> {
  const files = readdirSync('app/api', { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('/route.ts'))
    .toSorted()
  const found: Endpoint[] = []
  for (const file of files) {
    const module = (await import(/* @vite-ignore */ resolve('app/api', file))) as Partial<
      Record<Method, Handler>
    >
    const path = `/api/${file.replace(/\/route\.ts$/, '')}`
    for (const method of METHODS) {
      const handler = module[method]
      if (!handler) continue
      const key = `${method} ${path}`
      if (!Object.hasOwn(ROUTES, key)) throw new Error(`${key} has no row in lib/auth/access.ts`)
      found.push({ key: key as RouteKey, method, path, handler })
    }
  }
  return found
}

/** Calls an endpoint as a page of the panel does, whatever `headers` say otherwise. */
export function call(
  { handler, method }: Pick<Endpoint, 'handler' | 'method'>,
  { url = '/api', params = {}, headers = {}, body }: Call,
): Promise<Response> {
  const request = new Request(`${ORIGIN}${url}`, {
    method,
    headers: {
      host: new URL(ORIGIN).host,
      ...(method === 'GET' ? {} : { origin: ORIGIN, 'content-type': 'application/json' }),
      ...headers,
    },
    ...(method === 'GET' || body === undefined ? {} : { body }),
  })
  return handler(request, { params: Promise.resolve(params) })
}

/** `url` with its query; `params` of the path. */
export type Call = {
  url?: string
  params?: Record<string, string | string[] | undefined>
  headers?: Record<string, string>
  body?: string
}

/** The `code` of an answer that is an error; null for every other. */
export async function codeOf(response: Response): Promise<string | null> {
  if (response.ok || !response.headers.get('content-type')?.includes('json')) return null
  const { code } = (await response.json()) as { code?: unknown }
  return typeof code === 'string' ? code : null
}

/** The names in a path's brackets: `t`, `id`. */
export const partsOf = (path: string): string[] =>
  [...path.matchAll(/\[(\w+)\]/g)].map(([, name]) => name ?? '')

import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import { type PublicRouteKey, ROUTES, type RouteKey } from '@/lib/auth/access'
import { admit } from '@/lib/auth/admit'
import { bodyLimitOf } from '@/lib/auth/body-limits'
import { panel } from '@/lib/auth/panel'
import { type FindPlace, placeNamed } from '@/lib/auth/place'
import type { NoteRefused } from '@/lib/auth/refused'
import { isForeignRead, isSameOrigin } from '@/lib/auth/same-origin'
import { actorOf, type PanelSession } from '@/lib/auth/session'
import { PanelError } from '@/lib/base/errors'
import type { Actor } from '@/lib/db/audit'
import type { ApiError, Me } from './contract'
import { faultText } from './fault-text'
import { readJson, readText } from './read-body'
import { Refusal } from './refusal'

/** What every route needs from the panel that it runs in; {@link panel} has it. */
export type RouteDeps = {
  /** Of the token or the cookie in these headers. */
  findCaller(headers: Headers, now: number): Promise<PanelSession | null>
  /** The configured origin, null where browsers use host and port. */
  publicUrl: string | null
  /** Which topologies an id belongs to. */
  findPlace: FindPlace
  /** Writes down that a signed-in person or a token was refused. */
  noteRefused: NoteRefused
  /** UTC milliseconds. */
  now(): number
  /** For what is a fault of ours; never holds a request's content. */
  log(line: string): void
}

/** The parts of a request that a route reads; a part without a schema is not read. */
export type Shapes<P, Q, B> = {
  /** Of the path: `/api/t/[t]` has `t`. */
  params?: z.ZodType<P>
  /** Of the query string; a key that comes twice counts with its last value. */
  query?: z.ZodType<Q>
  /** Of the JSON body; an empty body is `{}`. */
  body?: z.ZodType<B>
  /** Instead of a JSON body: the text as it came, for what is signed. */
  text?: true
}

type Input<K extends RouteKey, P, Q, B> = {
  params: P
  query: Q
  body: B
  /** Empty unless the route reads its body as text. */
  text: string
  headers: Headers
  url: string
  /** For the audit log. */
  actor: Actor
} & (K extends PublicRouteKey
  ? { me: Me | null; session: PanelSession | null }
  : { me: Me; session: PanelSession })

/** Plain data with a status or cookies of its own. */
export class Reply {
  constructor(
    readonly data: unknown,
    readonly options: { status?: 200 | 201 | 202; cookies?: readonly string[] } = {},
  ) {}
}

type NextHandler = (
  request: Request,
  /** Where the path has no parts in brackets, Next gives no parameters at all. */
  context: { params: Promise<Record<string, string | string[] | undefined> | undefined> },
) => Promise<Response>

/** A handler that knows its row of the access table, for the tests that hold answers against it. */
type RouteHandler = NextHandler & { key: RouteKey }

/**
 * Makes `route(key, shapes, handle)`: a handler that sees parsed input and a person who may do this,
 * and returns plain data (or a {@link Reply}). Not signed in is 401, not allowed 403, another site's
 * page 403, bad input 400 with every fault, a {@link Refusal} its own status, any other
 * {@link PanelError} 503 when it may pass and 500 when not; the rest is a bug: logged with an id, 500.
 */
export function makeRoute(deps: () => RouteDeps) {
  return function route<K extends RouteKey, P = unknown, Q = unknown, B = unknown>(
    key: K,
    shapes: Shapes<P, Q, B>,
    handle: (input: Input<K, P, Q, B>) => Promise<unknown>,
  ): RouteHandler {
    const answer: NextHandler = async (request, context) => {
      let session: PanelSession | null = null
      /** What it names, until it is let in: what is hidden is answered as if it were not there. */
      let tried: string | undefined
      try {
        const given = (await context.params) ?? {}
        session = await deps().findCaller(request.headers, deps().now())
        tried = String(given[placeNamed(ROUTES[key].of)?.part ?? ''] ?? '')
        await letIn(key, request, { given, session }, deps())
        tried = undefined
        const input = {
          params: parse(shapes.params, given, 'path'),
          query: parse(shapes.query, queryOf(request), 'query'),
          body: shapes.body
            ? parse(shapes.body, (await readJson(request, bodyLimitOf(key))) ?? {}, 'body')
            : undefined,
          text: shapes.text ? await readText(request, bodyLimitOf(key)) : '',
          headers: request.headers,
          url: request.url,
          actor: actorOf(session, request.headers),
          me: session?.me ?? null,
          session,
        }
        return toResponse(await handle(input as unknown as Input<K, P, Q, B>))
      } catch (error) {
        const failure = await refusedNoted(error, { key, session, request, tried }, deps())
        return toFailure(failure, key, deps().log)
      }
    }
    return Object.assign(answer, { key })
  }
}

/** {@link makeRoute} over this process's panel: what the files under `app/api` use. */
export const route = makeRoute(panel)

type Given = Record<string, string | string[] | undefined>

async function letIn(
  key: RouteKey,
  request: Request,
  { given, session }: { given: Given; session: PanelSession | null },
  deps: RouteDeps,
): Promise<void> {
  const reads = key.startsWith('GET ')
  const { headers } = request
  // A token is no cookie: no other site's page can make a browser send it.
  const foreign = reads ? isForeignRead(headers) : !isSameOrigin(headers, deps.publicUrl)
  if (foreign && session?.kind !== 'token') {
    throw new Refusal(
      403,
      'request.other-origin',
      'This request came from another site - only the panel’s own pages may ask and change things - open the panel at its own address, or set PUBLIC_URL to the one that you use.',
    )
  }
  const access = ROUTES[key]
  const named = placeNamed(access.of)
  const id = named ? given[named.part] : undefined
  const place = session && named ? await deps.findPlace(named.kind, String(id ?? '')) : null
  admit(access, session, { place, reads, now: deps.now() })
}

type Asked = { key: RouteKey; session: PanelSession | null; request: Request; tried?: string }

/**
 * What to answer; beforehand a refusal of somebody who is known is written down: a 403, and the 404
 * of what is hidden from them.
 */
async function refusedNoted(
  error: unknown,
  { key, session, request, tried }: Asked,
  deps: RouteDeps,
): Promise<unknown> {
  const hidden = error instanceof Refusal && error.status === 404 && tried !== undefined
  if (!(error instanceof Refusal) || !session || !(error.status === 403 || hidden)) return error
  try {
    const actor = actorOf(session, request.headers)
    const noted = { actor, key, code: error.code, now: deps.now() }
    await deps.noteRefused(hidden ? { ...noted, tried } : noted)
    return error
  } catch (unwritten) {
    return unwritten
  }
}

function queryOf(request: Request): Record<string, string> {
  return Object.fromEntries(new URL(request.url).searchParams)
}

function parse<T>(schema: z.ZodType<T> | undefined, value: unknown, part: string): T | undefined {
  if (!schema) return undefined
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map(({ path, message }) => ({
    path: path.map((step) => (typeof step === 'symbol' ? String(step) : step)),
    message,
  }))
  const first = issues[0]
  throw new Refusal(
    400,
    'input.invalid',
    `The ${part} is not as expected - ${first ? `${first.path.join('.') || part}: ${first.message}` : 'it has another shape'} - correct it and send it again.`,
    { issues },
  )
}

/** Errors of lower layers that are the request's fault, not the panel's. */
const STATUS_OF: Record<string, number | undefined> = {
  'job.not-found': 404,
  'job.not-now': 409,
  'job.lease-lost': 409,
}

const HEADERS = { 'cache-control': 'no-store' }

/** A `Response` is answered as it is: a redirect, a download. */
function toResponse(result: unknown): Response {
  if (result instanceof Response) return result
  const reply = result instanceof Reply ? result : new Reply(result)
  const headers = new Headers(HEADERS)
  for (const cookie of reply.options.cookies ?? []) headers.append('set-cookie', cookie)
  return Response.json(reply.data ?? null, { status: reply.options.status ?? 200, headers })
}

function toFailure(error: unknown, key: string, log: (line: string) => void): Response {
  if (error instanceof Refusal) {
    return Response.json(error.toBody(), { status: error.status, headers: HEADERS })
  }
  if (error instanceof PanelError) {
    const body: ApiError = { code: error.code, message: error.message }
    const status = STATUS_OF[error.code] ?? (error.transient ? 503 : 500)
    return Response.json(body, { status, headers: HEADERS })
  }
  const id = randomBytes(4).toString('hex')
  log(`${key} failed (${id}): ${faultText(error)}`)
  const body: ApiError = {
    code: 'internal.bug',
    message: `The panel failed here - it is a fault of its own, kept in its log as ${id} - try again, and report it with that id.`,
  }
  return Response.json(body, { status: 500, headers: HEADERS })
}

import type { Goal } from '@/lib/plan/plan'
import type {
  ApiError,
  ConnectionRequest,
  ConnectionSummary,
  CreateTopologyRequest,
  ErrandRequest,
  JobAction,
  JobActionRequest,
  JobDetail,
  JobSummary,
  Layout,
  LogAnswer,
  ObservedAnswer,
  PlanAnswer,
  RestoreRequest,
  Revision,
  RevisionSummary,
  SaveAnswer,
  SaveRequest,
  SessionAnswer,
  SetupRequest,
  SignInRequest,
  StartJobAnswer,
  StartJobRequest,
  StatusAnswer,
  TestConnectionAnswer,
  TopologyHead,
  TopologySummary,
} from './contract'
import { api } from './paths'

/** The API refused or failed. `message` is what - why - what to do, fit to be shown as it is. */
export class ApiFailure extends Error {
  override name = 'ApiFailure'
  readonly code: string
  readonly issues: NonNullable<ApiError['issues']>
  readonly conflict: ApiError['conflict']

  constructor(
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    body: ApiError,
    options?: ErrorOptions,
  ) {
    super(body.message, options)
    this.code = body.code
    this.issues = body.issues ?? []
    this.conflict = body.conflict
  }
}

const isApiError = (body: unknown): body is ApiError =>
  typeof body === 'object' && body !== null && 'code' in body && 'message' in body

/** Sends one request; throws {@link ApiFailure} unless it succeeds. An abort stays an AbortError. */
export async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal) {
  const init: RequestInit = { method, credentials: 'same-origin', cache: 'no-store' }
  if (signal) init.signal = signal
  if (body !== undefined) {
    init.body = JSON.stringify(body)
    init.headers = { 'content-type': 'application/json' }
  }
  let response: Response
  try {
    response = await fetch(path, init)
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw new ApiFailure(
      0,
      {
        code: 'panel.unreachable',
        message:
          'The panel does not answer - it is restarting or the network is down - wait for the live badge and try again.',
      },
      { cause },
    )
  }
  const answer: unknown = await response.json().catch(() => null)
  if (response.ok) return answer as T
  throw new ApiFailure(
    response.status,
    isApiError(answer)
      ? answer
      : {
          code: 'panel.no-answer',
          message: `The panel answered ${response.status} without a reason - something in between may have answered for it - reload the page.`,
        },
  )
}

export const get = <T>(path: string, signal?: AbortSignal) =>
  call<T>('GET', path, undefined, signal)
export const post = <T>(path: string, body: unknown = {}) => call<T>('POST', path, body)

/** Every call of the HTTP API, typed. One function per endpoint of `contract.ts`. */
export const client = {
  session: (signal?: AbortSignal) => get<SessionAnswer>(api.session(), signal),
  setup: (request: SetupRequest) => post<SessionAnswer>(api.setup(), request),
  signIn: (request: SignInRequest) => post<SessionAnswer>(api.signIn(), request),
  signOut: () => post<SessionAnswer>(api.signOut()),

  topologies: (signal?: AbortSignal) => get<TopologySummary[]>(api.topologies(), signal),
  createTopology: (request: CreateTopologyRequest) => post<TopologyHead>(api.topologies(), request),
  topology: (t: string, signal?: AbortSignal) => get<TopologyHead>(api.topology(t), signal),
  revisions: (t: string, signal?: AbortSignal) => get<RevisionSummary[]>(api.revisions(t), signal),
  revision: (t: string, n: number, signal?: AbortSignal) =>
    get<Revision>(api.revision(t, n), signal),
  save: (t: string, request: SaveRequest) => post<SaveAnswer>(api.revisions(t), request),
  restore: (t: string, request: RestoreRequest) => post<SaveAnswer>(api.restore(t), request),
  saveLayout: (t: string, layout: Layout) => call<Layout>('PUT', api.layout(t), layout),

  plan: (t: string, goal: Goal, signal?: AbortSignal) => get<PlanAnswer>(api.plan(t, goal), signal),
  startJob: (t: string, request: StartJobRequest) => post<StartJobAnswer>(api.startJob(t), request),
  errand: (t: string, request: ErrandRequest) => post<StartJobAnswer>(api.errands(t), request),
  observed: (t: string, signal?: AbortSignal) => get<ObservedAnswer>(api.observed(t), signal),

  jobs: (query: JobsQuery = {}, signal?: AbortSignal) =>
    get<JobSummary[]>(api.jobs(toSearch(query)), signal),
  job: (id: string, signal?: AbortSignal) => get<JobDetail>(api.job(id), signal),
  jobAction: (id: string, action: JobAction, request: JobActionRequest = {}) =>
    post<JobSummary>(api.jobAction(id, action), request),
  jobLog: (id: string, after: number, limit: number, signal?: AbortSignal) =>
    get<LogAnswer>(api.jobLog(id, after, limit), signal),

  connections: (signal?: AbortSignal) => get<ConnectionSummary[]>(api.connections(), signal),
  createConnection: (request: ConnectionRequest) =>
    post<ConnectionSummary>(api.connections(), request),
  updateConnection: (id: string, request: Partial<ConnectionRequest>) =>
    call<ConnectionSummary>('PATCH', api.connection(id), request),
  deleteConnection: (id: string) => call<{ id: string }>('DELETE', api.connection(id)),
  testConnection: (id: string) => post<TestConnectionAnswer>(api.testConnection(id)),

  status: (signal?: AbortSignal) => get<StatusAnswer>(api.status(), signal),
}

/** Filters of the job list; `before` is the id of the last one seen, for the next page. */
export type JobsQuery = {
  topology?: string
  status?: string
  kind?: string
  before?: string
  limit?: number
}

/** `?topology=dark-knight&limit=20`; empty without filters. */
export function toSearch(query: JobsQuery): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query))
    if (value !== undefined) search.set(key, String(value))
  return search.size > 0 ? `?${search}` : ''
}

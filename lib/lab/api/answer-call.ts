import { authenticate, type Caller, privilegesOn } from '../access'
import { faultsOf } from '../faults'
import { assertQuorum, isDown } from '../quorum'
import type { Lab } from '../state'
import { type Answer, bare, errorAnswer, LabError, ok } from './answer'
import type { CallResult, Endpoint } from './endpoint'
import { ENDPOINTS } from './endpoints'
import { verifyParams } from './params'
import type { LabRequest } from './request'
import { type CallSchema, schemaOf } from './schema/parameters'

export type Outcome = { answer: Answer } | { ticket: number }

/** PVE waits 10 s for a lock (Tools.pm lock_file_full). */
const LOCK_LIMIT_MS = 10_000

/**
 * Answers a request, or lets it wait for a lock: then it gets a ticket and is tried again when the
 * lock is given up. `waiting` is the ticket of a request that has waited already.
 */
export function answerCall(
  lab: Lab,
  request: LabRequest,
  waiting: { ticket: number; deadline: number } | null,
): Outcome {
  try {
    const found = findEndpoint(lab.state.release ?? '9', request)
    if (!found) return { answer: unknownMethod(request) }
    return run(lab, request, found, waiting)
  } catch (error) {
    if (error instanceof LabError) return { answer: errorAnswer(error) }
    throw error
  }
}

/**
 * What PVE looks at before a handler: sign-in, contradicting parameters, permission by what the path
 * names, whether the node and its daemon answer, then the parameters (HTTPServer.pm rest_handler).
 */
function run(
  lab: Lab,
  request: LabRequest,
  { endpoint, path, schema }: Found,
  waiting: { ticket: number; deadline: number } | null,
): Outcome {
  const caller: Caller | Answer = endpoint.open
    ? { user: '', token: null }
    : authenticate(lab.state, request, lab.now)
  if ('status' in caller) return { answer: caller }
  const merged = mergeParams(request.params, path)
  checkPermission(lab, endpoint, caller, merged)
  const dead =
    deadNode(lab, path.node) ?? (schema?.guarded ? deadDaemon(lab, path.node ?? request.via) : null)
  if (dead) return { answer: dead }
  checkNode(lab, path.node)
  const params = verifyParams(schema?.specs ?? endpoint.specs, merged)
  assertQuorum(lab.state, request.method, request.path, params)
  const result = endpoint.run({ lab, params, caller, request })
  return 'waitFor' in result
    ? park(lab, request, result.waitFor, waiting)
    : { answer: toAnswer(result) }
}

const toAnswer = (result: Exclude<CallResult, { waitFor: unknown }>): Answer => {
  if ('answer' in result) return result.answer
  const extra = result.total === undefined ? {} : { total: result.total }
  const answer = ok(result.data, { ...extra, ...result.extra })
  return { ...answer, delayMs: result.delayMs ?? 0 }
}

function park(
  lab: Lab,
  request: LabRequest,
  waitFor: { lock: string; error: string },
  waiting: { ticket: number; deadline: number } | null,
): Outcome {
  const deadline = waiting?.deadline ?? lab.now.at + LOCK_LIMIT_MS
  if (lab.now.at >= deadline) return { answer: errorAnswer(new LabError(waitFor.error)) }
  if (!waiting) lab.state.serial += 1
  const ticket = waiting?.ticket ?? lab.state.serial
  lab.state.waiters.push({ ticket, lock: waitFor.lock, deadline, error: waitFor.error, request })
  return { ticket }
}

type Found = {
  endpoint: Endpoint
  path: Record<string, string>
  /** Null: no dump tells of it, its own parameters count. */
  schema: CallSchema | null
}

const BY_METHOD = new Map(
  ['GET', 'POST', 'PUT', 'DELETE'].map((method) => [
    method,
    ENDPOINTS.filter((endpoint) => endpoint.method === method),
  ]),
)

function findEndpoint(release: '8.4' | '9', request: LabRequest): Found | null {
  for (const endpoint of BY_METHOD.get(request.method) ?? []) {
    const match = endpoint.pattern.exec(request.path)
    if (!match) continue
    const schema = schemaOf(release, `${endpoint.method} ${endpoint.path}`)
    if (schema !== null) return { endpoint, path: { ...match.groups }, schema: schema ?? null }
  }
  return null
}

function mergeParams(
  given: Record<string, unknown>,
  path: Record<string, string>,
): Record<string, unknown> {
  const merged = { ...given }
  for (const [key, value] of Object.entries(path)) {
    if (key in given && String(given[key]) !== value)
      throw new LabError('Parameter verification failed.', 400, {
        [key]: 'duplicate parameter (already defined in URI) with conflicting values!',
      })
    merged[key] = value
  }
  return merged
}

/** 501 for an unknown path and a wrong method alike (recorded: there is no 404). */
function unknownMethod(request: LabRequest): Answer {
  const reason = `Method '${request.method} ${request.path}' not implemented`
  return { ...bare(501, reason), body: JSON.stringify({ data: null, message: reason }) }
}

function deadNode(lab: Lab, node: string | undefined): Answer | null {
  const fault = faultsOf(lab.state, 'host-down').find((candidate) => candidate.node === node)
  if (fault) return silence(fault.how)
  return node !== undefined && isDown(lab.state, node) ? silence('no-route') : null
}

/** What pveproxy answers for whoever does not answer it (AnyEvent.pm:816-824; recorded). */
function silence(how: 'refused' | 'timeout' | 'no-route'): Answer {
  if (how === 'refused') return bare(595, 'Connection refused')
  return how === 'no-route'
    ? bare(595, 'No route to host', 3000)
    : bare(596, 'Connection timed out', 30_000)
}

function deadDaemon(lab: Lab, node = Object.keys(lab.state.hosts)[0]): Answer | null {
  const fault = faultsOf(lab.state, 'daemon-down').find((candidate) => candidate.node === node)
  return fault ? silence(fault.how) : null
}

function checkNode(lab: Lab, node: string | undefined): void {
  if (node === undefined || lab.state.hosts[node] || node === 'localhost') return
  throw new LabError(
    `hostname lookup '${node}' failed - failed to get address info for: ${node}: Temporary failure in name resolution`,
  )
}

/** Privileges of PVE 9 that 8.4 has under another name (traps T4). */
const inRelease = (release: '8.4' | '9', privilege: string): string =>
  release === '8.4' && privilege.startsWith('VM.GuestAgent.') ? 'VM.Monitor' : privilege

function checkPermission(
  lab: Lab,
  endpoint: Endpoint,
  caller: Caller,
  params: Record<string, unknown>,
): void {
  if (!endpoint.permission) return
  const path = endpoint.permission.path.replace(/\{(\w+)\}/g, (_, name) =>
    String(params[name] ?? ''),
  )
  const release = lab.state.release ?? '9'
  const wanted = [
    ...new Set(endpoint.permission.privileges.map((name) => inRelease(release, name))),
  ]
  const held = privilegesOn(lab.state, caller, path)
  if (wanted.some((privilege) => held.has(privilege))) return
  throw new LabError(`Permission check failed (${path}, ${wanted.join('|')})`, 403)
}

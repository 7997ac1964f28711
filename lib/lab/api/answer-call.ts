import { authenticate, type Caller, privilegesOn } from '../access'
import { faultsOf } from '../faults'
import type { Lab } from '../state'
import { type Answer, bare, errorAnswer, LabError, ok } from './answer'
import type { Call, CallResult, Endpoint } from './endpoint'
import { ENDPOINTS } from './endpoints'
import { verifyParams } from './params'
import type { LabRequest } from './request'

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
    const found = findEndpoint(request)
    if (!found) return { answer: unknownMethod(request) }
    const caller: Caller | Answer = found.endpoint.open
      ? { user: '', token: null }
      : authenticate(lab.state, request, lab.now)
    if ('status' in caller) return { answer: caller }
    const down = deadNode(lab, found.path.node)
    if (down) return { answer: down }
    const params = verifyParams(found.endpoint.specs, mergeParams(request.params, found.path))
    checkNode(lab, params.node)
    checkPermission(lab, found.endpoint, caller, params)
    const result = found.endpoint.run({ lab, params, caller, request })
    return 'waitFor' in result
      ? park(lab, request, result.waitFor, waiting)
      : { answer: toAnswer(result) }
  } catch (error) {
    if (error instanceof LabError) return { answer: errorAnswer(error) }
    throw error
  }
}

const toAnswer = (result: Exclude<CallResult, { waitFor: unknown }>): Answer => {
  if ('answer' in result) return result.answer
  const answer = ok(result.data, result.total === undefined ? {} : { total: result.total })
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

function findEndpoint(
  request: LabRequest,
): { endpoint: Endpoint; path: Record<string, string> } | null {
  for (const endpoint of ENDPOINTS) {
    const match = endpoint.method === request.method ? endpoint.pattern.exec(request.path) : null
    if (match) return { endpoint, path: { ...match.groups } }
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
  if (!fault) return null
  return fault.how === 'refused'
    ? bare(595, 'Connection refused')
    : bare(596, 'Connection timed out', 30_000)
}

function checkNode(lab: Lab, node: string | undefined): void {
  if (node === undefined || lab.state.hosts[node] || node === 'localhost') return
  throw new LabError(
    `hostname lookup '${node}' failed - failed to get address info for: ${node}: Name or service not known`,
  )
}

function checkPermission(
  lab: Lab,
  endpoint: Endpoint,
  caller: Caller,
  params: Call['params'],
): void {
  if (!endpoint.permission) return
  const path = endpoint.permission.path.replace(/\{(\w+)\}/g, (_, name) => params[name] ?? '')
  const held = privilegesOn(lab.state, caller, path)
  if (endpoint.permission.privileges.some((privilege) => held.has(privilege))) return
  throw new LabError(
    `Permission check failed (${path}, ${endpoint.permission.privileges.join('|')})`,
    403,
  )
}

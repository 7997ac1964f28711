import { type Answer, bare, errorAnswer, LabError } from './api/answer'
import type { LabRequest } from './api/request'
import { faultsOf, spendFault, type WhichCalls } from './faults'
import type { LabState } from './state'

/** How an answer fails to arrive: never, or broken off in its middle. */
export type Cut = 'hang' | 'reset'

/** What the faults of the wire make of one call. */
export type Interception = {
  /** Answered with this, and not carried out. */
  instead: Answer | null
  /** How the answer is lost; null: it arrives. */
  cut: Cut | null
  /** Whether the call is carried out although its answer is lost. */
  done: boolean
  /** Virtual, beside what the call itself takes. */
  delayMs: number
}

const concerns = ({ method, path }: WhichCalls, request: LabRequest): boolean =>
  (method === undefined || method === request.method) &&
  (path === undefined || request.path.startsWith(path))

/** What is to happen to a call before it reaches the API; counted faults lose one count. */
export function interceptCall(state: LabState, request: LabRequest): Interception {
  const hit = <T extends WhichCalls>(faults: T[]): T | undefined =>
    faults.find((fault) => concerns(fault, request))
  const failing = hit(faultsOf(state, 'calls-fail'))
  const hanging = hit(faultsOf(state, 'calls-hang'))
  const resetting = hit(faultsOf(state, 'calls-reset'))
  const slow = hit(faultsOf(state, 'calls-slow'))
  for (const fault of [failing, hanging, resetting, slow]) if (fault) spendFault(state, fault)
  const cut = hanging ?? resetting
  return {
    instead: failing ? failure(failing.status, failing.message) : null,
    cut: cut ? (hanging ? 'hang' : 'reset') : null,
    done: cut?.done ?? false,
    delayMs: (slow?.seconds ?? 0) * 1000,
  }
}

/** As pveproxy answers: from 502 on it is the proxy that speaks, with an empty body. */
const failure = (status: number, message = 'got no answer from the cluster file system') =>
  status >= 502 ? bare(status, message) : errorAnswer(new LabError(message, status))

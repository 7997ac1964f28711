import type { Caller } from '../access'
import type { Lab } from '../state'
import type { Answer } from './answer'
import type { ParamSpec } from './params'
import { parseParamSpecs } from './params'
import type { LabRequest } from './request'

/** A call after its checks. Parameters of the path and of the body are together in `params`. */
export type Call = {
  lab: Lab
  params: Record<string, string>
  caller: Caller
  request: LabRequest
}

/** Data to wrap, a whole answer, or a lock that the call has to wait for. */
export type CallResult =
  | { data: unknown; total?: number; delayMs?: number; extra?: Record<string, unknown> }
  | { answer: Answer }
  | { waitFor: { lock: string; error: string } }

export type Endpoint = {
  method: string
  path: string
  pattern: RegExp
  /** `VM.Audit on /vms/{vmid}`; several privileges joined by `|` mean any of them. Null: anybody signed in. */
  permission: { path: string; privileges: string[] } | null
  /** Reachable without signing in. */
  open: boolean
  specs: ParamSpec[]
  run(call: Call): CallResult
}

type Options = { need?: string; open?: boolean; params?: string }

/** One line of the API: method, path with `{names}`, what it needs, its parameters, what it does. */
export function endpoint(
  methodAndPath: string,
  { need, open, params }: Options,
  run: (call: Call) => CallResult,
): Endpoint {
  const [method = '', path = ''] = methodAndPath.split(' ')
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string)
  const [privileges, where] = need ? need.split(' on ') : []
  return {
    method,
    path,
    pattern: new RegExp(
      `^${path.replace(/\{(\w+)\}/g, (_, name) => `(?<${name}>${name === 'volume' || name === 'cidr' ? '.+' : '[^/]+'})`)}$`,
    ),
    permission: privileges && where ? { path: where, privileges: privileges.split('|') } : null,
    open: open ?? false,
    specs: [
      ...parseParamSpecs(names.map((name) => `${name}:${PATH_TYPES[name] ?? 'str'}`).join(' ')),
      ...parseParamSpecs(params ?? ''),
    ],
    run,
  }
}

const PATH_TYPES: Record<string, string> = {
  vmid: 'vmid',
  node: 'node',
  storage: 'storage',
  snapname: 'configid',
}

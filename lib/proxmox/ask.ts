import type { z } from 'zod'
import * as answers from './answers'
import type { Call } from './transport'
import type { Upid, VmParams } from './values'

/** A call whose answer has this shape. */
export type Ask = <S extends z.ZodType>(schema: S, call: Call) => Promise<z.output<S>>

/** A path whose values are encoded, whatever they hold: path`/nodes/${node}/qemu/${vmid}`. */
export const path = (parts: TemplateStringsArray, ...values: (string | number)[]): string =>
  parts.reduce((done, part, i) => done + encodeURIComponent(String(values[i - 1])) + part)

/** What most calls are: a read, a change that is done when it answers, one that starts a task. */
export type Verbs = {
  read<S extends z.ZodType>(
    schema: S,
    what: string,
    path: string,
    query?: VmParams,
  ): Promise<z.output<S>>
  change(what: string, verb: Verb, params?: VmParams | Json): Promise<void>
  task(what: string, verb: Verb, params?: VmParams | Json): Promise<Upid>
}
/** Method and path: `['POST', path]`. */
export type Verb = readonly [Exclude<Call['method'], 'GET'>, string]
/** Parameters with an array among them go as JSON; in a form PVE takes repeated keys only. */
export type Json = { json: Record<string, unknown> }

/** The three kinds of calls over one {@link Ask}. */
export function verbsOf(ask: Ask): Verbs {
  return {
    read: (schema, what, path, query) => ask(schema, { method: 'GET', path, what, query }),
    change: async (what, verb, params) => {
      await ask(answers.Nothing, callOf(what, verb, params))
    },
    task: (what, verb, params) => ask(answers.TaskId, callOf(what, verb, params)),
  }
}

function callOf(what: string, [method, path]: Verb, params: VmParams | Json = {}): Call {
  const call = { method, path, what }
  if (isJson(params)) return { ...call, json: withoutGaps(params.json) }
  // Parameters of a DELETE go into the query: a body is refused with 501 (AnyEvent.pm:1604).
  return method === 'DELETE' ? { ...call, query: params } : { ...call, body: params }
}

const isJson = (params: VmParams | Json): params is Json => typeof params.json === 'object'

const withoutGaps = (json: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(json).filter(([, value]) => value !== null && value !== undefined),
  )

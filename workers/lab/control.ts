import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { faultKinds } from '@/lib/lab/fault-table'
import type { LabShape } from '@/lib/lab/initial'
import { parseFault } from '@/lib/lab/parse-fault'
import { parseShape } from '@/lib/lab/parse-shape'
import { labRecord, labSummary } from '@/lib/lab/summary'
import { beginFault, endFaults } from '@/lib/lab/switch-fault'
import { labView } from '@/lib/lab/view'
import type { Engine } from './engine'

/** Puts a new lab in place of the present one, of the same shape where none is given. */
export type Reset = (shape?: LabShape) => void

type Told = { status: number; value: unknown }

/**
 * The lab's own paths, for people and tests who provoke failures: what no real host has. Changes
 * must be JSON and carry no Origin, so that no web page can make them.
 */
export async function serveControl(
  engine: Engine,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  reset: Reset,
): Promise<void> {
  const { status, value } = await answerControl(engine, request, url.pathname, reset)
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify(value))
}

async function answerControl(
  engine: Engine,
  request: IncomingMessage,
  path: string,
  reset: Reset,
): Promise<Told> {
  if (request.headers.origin) return { status: 403, value: { message: 'Not from a web page.' } }
  const looked = request.method === 'GET' ? look(engine, path) : null
  if (looked !== null) return { status: 200, value: looked }
  if (request.method !== 'GET' && !/^application\/json/.test(request.headers['content-type'] ?? ''))
    return { status: 415, value: { message: 'Send application/json.' } }
  const changed = await change(engine, request, path, reset)
  const message = `There is no ${request.method} ${path}.`
  return changed ?? { status: 404, value: { message } }
}

function look(engine: Engine, path: string): unknown {
  switch (path) {
    case '/lab/state':
      return engine.change(labSummary)
    case '/lab/view':
      return engine.change(labView)
    case '/lab/record':
      return labRecord(engine.state)
    case '/lab/faults':
      return engine.state.faults
    case '/lab/faults/kinds':
      return faultKinds()
    default:
      return null
  }
}

async function change(
  engine: Engine,
  request: IncomingMessage,
  path: string,
  reset: Reset,
): Promise<Told | null> {
  const { method } = request
  if (method === 'POST' && path === '/lab/reset') {
    const parsed = parseShape(await text(request))
    if ('problem' in parsed) return { status: 400, value: { message: parsed.problem } }
    reset(parsed.shape)
    return { status: 200, value: { reset: true } }
  }
  if (method === 'POST' && path === '/lab/faults') {
    const parsed = parseFault(await text(request))
    if ('problem' in parsed) return { status: 400, value: { message: parsed.problem } }
    return { status: 201, value: engine.change((lab) => beginFault(lab, parsed.fault)) }
  }
  const id = /^\/lab\/faults(?:\/([\w-]+))?$/.exec(path)
  if (method !== 'DELETE' || !id) return null
  engine.change((lab) => endFaults(lab, id[1]))
  return { status: 200, value: engine.state.faults }
}

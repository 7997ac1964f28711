import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { parseFault } from '@/lib/lab/parse-fault'
import { labRecord, labSummary } from '@/lib/lab/summary'
import type { Engine } from './engine'

/**
 * The lab's own paths, for people and tests who provoke failures: what no real host has. Changes
 * must be JSON and carry no Origin, so that no web page can make them.
 */
export async function serveControl(
  engine: Engine,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  reset: () => void,
): Promise<void> {
  const answer = (status: number, value: unknown) => {
    response.writeHead(status, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify(value))
  }
  const { method } = request
  if (request.headers.origin) return answer(403, { message: 'Not from a web page.' })
  const path = url.pathname
  if (method === 'GET' && path === '/lab/state')
    return engine.change((lab) => answer(200, labSummary(lab)))
  if (method === 'GET' && path === '/lab/record') return answer(200, labRecord(engine.state))
  if (method === 'GET' && path === '/lab/faults') return answer(200, engine.state.faults)
  if (method !== 'GET' && !/^application\/json/.test(request.headers['content-type'] ?? ''))
    return answer(415, { message: 'Send application/json.' })
  if (method === 'POST' && path === '/lab/reset') {
    reset()
    return answer(200, { reset: true })
  }
  if (method === 'POST' && path === '/lab/faults') {
    const parsed = parseFault(await text(request))
    if ('problem' in parsed) return answer(400, { message: parsed.problem })
    const fault = engine.change((lab) => {
      lab.state.serial += 1
      const made = { ...parsed.fault, id: `fault-${lab.state.serial}` }
      lab.state.faults.push(made)
      return made
    })
    return answer(201, fault)
  }
  const id = /^\/lab\/faults(?:\/([\w-]+))?$/.exec(path)
  if (method === 'DELETE' && id) {
    engine.change((lab) => {
      lab.state.faults = lab.state.faults.filter(
        (fault) => id[1] !== undefined && fault.id !== id[1],
      )
    })
    return answer(200, engine.state.faults)
  }
  answer(404, { message: `There is no ${method} ${path}.` })
}

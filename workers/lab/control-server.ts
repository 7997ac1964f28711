import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { type Reset, serveControl } from './control'
import type { Engine } from './engine'

/** How the provisioner reaches the lab's own paths, beside the port that faults break. */
export type LabControl = { url: string; key: string }

/**
 * The lab's own paths on a port of their own, on loopback: what breaks the hosts' ports must not
 * keep anybody from mending them. `key` has to come as a bearer token.
 */
export function createControlServer(engine: Engine, reset: Reset): { server: Server; key: string } {
  const key = randomBytes(24).toString('base64url')
  const expected = Buffer.from(`Bearer ${key}`)
  const server = createServer((request, response) => {
    const given = Buffer.from(request.headers.authorization ?? '')
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      response.writeHead(401).end()
      return
    }
    const url = new URL(request.url ?? '/', 'http://lab')
    serveControl(engine, request, response, url, reset).catch((error: unknown) => {
      console.error('lab: its own paths failed:', error)
      response.destroy()
    })
  })
  return { server, key }
}

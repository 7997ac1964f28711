import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { makeKubePki, makeServerCertificate } from '@/workers/lab/kubernetes/pki'

/** An API server as HAProxy sees one: TLS, and an answer to `/readyz` that can be changed. */
export type ReadyServer = { name: string; ready: boolean; close(): Promise<void> }

/** Listens on an address and port; answers other requests with its name. */
export async function startReadyServer(address: string, port: number): Promise<ReadyServer> {
  const pki = await makeKubePki(Date.now())
  const { cert, key } = await makeServerCertificate(pki, [address], Date.now())
  const self = { name: address, ready: true, close: () => closed(server) }
  const server = createServer({ cert, key }, (request, response) => {
    const asksReady = request.url === '/readyz'
    response.writeHead(asksReady && !self.ready ? 503 : 200, { connection: 'close' })
    response.end(asksReady ? 'ok' : self.name)
  })
  await new Promise<AddressInfo>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => resolve(server.address() as AddressInfo))
  })
  return self
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

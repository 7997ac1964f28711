import type { Server } from 'node:https'
import type { Socket } from 'node:net'
import { faultsOf } from '@/lib/lab/faults'
import type { LabState } from '@/lib/lab/state'
import type { LabCertificate } from './certificate'
import type { Engine } from './engine'

type Which = 'own' | 'other'

/** The certificate that a host in this state shows. */
export const shownBy = (state: LabState | null): Which =>
  state !== null && faultsOf(state, 'other-certificate').length > 0 ? 'other' : 'own'

/**
 * Shows the certificate that the faults ask for. As when pveproxy is started again, connections that
 * were opened under the one before do not outlive it: each ends with the answer it waits for.
 */
export function showByFault(
  server: Server,
  engine: Engine,
  certificates: Record<Which, LabCertificate>,
): void {
  let shown = shownBy(engine.state)
  let before = new WeakSet<Socket>()
  const open = new Set<Socket>()
  server.on('secureConnection', (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
  })
  server.on('request', (request, response) => {
    if (before.has(request.socket)) response.shouldKeepAlive = false
  })
  engine.onChange(() => {
    const wanted = shownBy(engine.state)
    if (wanted === shown) return
    shown = wanted
    const { chain, key } = certificates[wanted]
    server.setSecureContext({ cert: chain, key })
    before = new WeakSet(open)
    server.closeIdleConnections()
  })
}

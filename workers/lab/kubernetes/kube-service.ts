import { reachApi } from '@/lib/lab/kubernetes/reach-api'
import type { PortService } from '../gateway'
import type { KubeServer } from './kube-server'

/**
 * API servers, themselves or behind a load balancer. One whose backends are all down accepts the
 * connection and closes it, as HAProxy does in TCP mode.
 */
export const kubeService =
  (server: KubeServer): PortService =>
  (lab, _vm, { address, port }) => {
    const reached = reachApi(lab, address, port)
    if (reached.kind === 'api')
      return { accept: (socket) => server.accept(reached.kube.uid, socket) }
    return reached.kind === 'no-backend' ? { accept: (socket) => socket.end() } : null
  }

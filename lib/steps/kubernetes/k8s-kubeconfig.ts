import { Secret } from '@/lib/base/secret'
import { kubeconfigName } from '@/lib/plan/secret-names'
import type { StepArgs } from '@/lib/plan/step'
import type { StepHandler } from '../handler'
import { waitUntil } from '../wait'
import { readAdminKubeconfig } from './admin-kubeconfig'
import { K8sError } from './k8s-error'

/**
 * The panel's access: kubeadm's admin.conf, whose group can be revoked (super-admin.conf is never
 * read), or k3s' one administrator.
 */
export const k8sKubeconfig: StepHandler<StepArgs['k8s.kubeconfig']> = {
  async check({ cluster, guest }, ctx) {
    const stored = await ctx.secrets.find(kubeconfigName(cluster.topologyId, cluster.cluster))
    if (stored === null) return false
    const session = await ctx.guest(guest)
    const there = await readAdminKubeconfig(session, cluster)
    return stored.reveal() === there && (await (await ctx.kubernetes(cluster)).ready())
  },

  async apply({ cluster, guest }, ctx) {
    const session = await ctx.guest(guest)
    const text = await readAdminKubeconfig(session, cluster)
    await ctx.secrets.put(kubeconfigName(cluster.topologyId, cluster.cluster), new Secret(text))
    const { name, address, port } = cluster.endpoint
    await waitUntil(async () => (await ctx.kubernetes(cluster)).ready(), {
      everyMs: 1000,
      timeoutMs: 60_000,
      signal: ctx.signal,
      now: ctx.now,
      onTimeout: () =>
        new K8sError(
          'k8s.no-kubeconfig',
          `The API of ${cluster.name} does not answer the panel at ${name} (${address}:${port}). The load balancer answers connections even when nothing is behind it: look at HAProxy's backends.`,
        ),
    })
  },
}

import { randomBytes } from 'node:crypto'
import { initConfig, KUBEADM_PATH } from '@/lib/plan/files/kubeadm'
import { kubeconfigName } from '@/lib/plan/secret-names'
import type { ClusterRef, GuestRef, StepArgs } from '@/lib/plan/step'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import { isGoing } from '../guest/is-going'
import { longRun } from '../guest/long-run'
import type { StepContext, StepHandler } from '../handler'
import { apiReady } from './api-ready'
import { carriesCluster } from './carries-cluster'
import { ensureEndpointHost } from './endpoint-host'
import { K8sError, kubeadmError } from './k8s-error'
import { ADMIN_CONF, isTouched, resetAttempt, runKubeadm, takeUpKubeadm } from './kubeadm'

/** `kubeadm init` on the first control plane, through the load balancer's name. */
export const k8sInit: StepHandler<StepArgs['k8s.init']> = {
  async check({ cluster, guest }, ctx) {
    const session = await ctx.guest(guest)
    const admin = await session.run(sh`test -e ${ADMIN_CONF}`, { sudo: true })
    return admin.code === 0 && (await apiReady(session, cluster))
  },

  async apply({ cluster, guest, certSans }, ctx) {
    const session = await ctx.guest(guest)
    // A unit of ours that may still run is attached to; only a new attempt starts clean.
    const going = await isGoing(session, ctx, 'kubeadm-init')
    if (!going && (await isTouched(session))) {
      await refuseLostCluster(session, cluster, guest, ctx)
      await resetAttempt(session, ctx, guest)
    }
    await ensureEndpointHost(session, cluster, guest, ctx)
    const config = initConfig(cluster, guest, {
      certSans,
      certificateKey: randomBytes(32).toString('hex'),
    })
    if (!going) {
      await session.writeFile(KUBEADM_PATH, config, { mode: '0600' })
      const pulled = await longRun(
        session,
        ctx,
        'kubeadm-images',
        sh`kubeadm config images pull --config ${KUBEADM_PATH}`,
        1_800_000,
      )
      if (pulled.code !== 0) {
        throw kubeadmError(
          `${guest.name} could not pull the images of Kubernetes ${cluster.version}`,
          `${pulled.out}\n${pulled.err}`,
          'k8s.init-failed',
        )
      }
    }
    const { code, said } = await runKubeadm(session, ctx, 'init', config)
    if (code !== 0)
      throw kubeadmError(`${guest.name} did not become a control plane`, said, 'k8s.init-failed')
  },

  takeUp: async ({ guest }, ctx) => takeUpKubeadm(await ctx.guest(guest), ctx, 'init'),
}

/** `kubeadm reset` deletes etcd. A control plane that was in use is never reset because its API is silent. */
async function refuseLostCluster(
  session: GuestSession,
  cluster: ClusterRef,
  guest: GuestRef,
  ctx: StepContext,
) {
  const kubeconfig = await ctx.secrets.find(kubeconfigName(cluster.topologyId, cluster.cluster))
  if (kubeconfig === null || !(await carriesCluster(session, kubeconfig, cluster))) return
  throw new K8sError(
    'k8s.cluster-down',
    `${guest.name} holds ${cluster.name}, whose API does not answer - nothing was reset, for that would delete its etcd and everything in it - look at its kubelet and etcd (journalctl -u kubelet, crictl ps -a), then retry; or destroy its VMs first if it may be lost.`,
  )
}

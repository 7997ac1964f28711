import { randomBytes } from 'node:crypto'
import { initConfig, KUBEADM_PATH } from '@/lib/plan/files/kubeadm'
import type { StepArgs } from '@/lib/plan/step'
import { sh } from '@/lib/ssh/shell'
import { longRun } from '../guest/long-run'
import type { StepHandler } from '../handler'
import { kubeadmError } from './k8s-error'
import { ADMIN_CONF, apiReady, isTouched, resetAttempt, runKubeadm } from './kubeadm'

/** `kubeadm init` on the first control plane, through the load balancer's name. */
export const k8sInit: StepHandler<StepArgs['k8s.init']> = {
  async check({ guest }, ctx) {
    const session = await ctx.guest(guest)
    const admin = await session.run(sh`test -e ${ADMIN_CONF}`, { sudo: true })
    return admin.code === 0 && (await apiReady(session))
  },

  async apply({ cluster, guest, certSans }, ctx) {
    const session = await ctx.guest(guest)
    // A unit of ours that may still run is attached to; only a new attempt starts clean.
    const going = ctx.notes.get('unit:kubeadm-init') !== undefined
    if (!going && (await isTouched(session))) await resetAttempt(session, ctx, guest)
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
}

import { joinConfig } from '@/lib/plan/files/kubeadm'
import type { ClusterRef, GuestRef, StepArgs } from '@/lib/plan/step'
import type { GuestSession } from '@/lib/ssh/session'
import { sh } from '@/lib/ssh/shell'
import { isGoing } from '../guest/is-going'
import type { StepContext, StepHandler } from '../handler'
import { ensureEndpointHost } from './endpoint-host'
import { etcdMembers, removeEtcdMember } from './etcd'
import { kubeadmError } from './k8s-error'
import {
  isTouched,
  joinSecrets,
  resetAttempt,
  runKubeadm,
  takeUpKubeadm,
  uploadCertificates,
} from './kubeadm'

const nodePath = (name: string) => `/api/v1/nodes/${name}`
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane'

async function join(
  cluster: ClusterRef,
  guest: GuestRef,
  ctx: StepContext,
  certificateKey: (control: GuestSession) => Promise<string | null>,
) {
  const session = await ctx.guest(guest)
  const control = await ctx.guest(cluster.firstControlPlane)
  if (!(await isGoing(session, ctx, 'kubeadm-join')) && (await isTouched(session))) {
    await resetAttempt(session, ctx, guest)
    // A node that was Ready once would keep kubeadm from registering this machine again.
    await (await ctx.kubernetes(cluster)).delete(nodePath(guest.name))
  }
  await ensureEndpointHost(session, cluster, guest, ctx)
  const secrets = await joinSecrets(control)
  const config = joinConfig(cluster, guest, {
    ...secrets,
    certificateKey: await certificateKey(control),
  })
  const { code, said } = await runKubeadm(session, ctx, 'join', config)
  if (code !== 0)
    throw kubeadmError(`${guest.name} did not join ${cluster.name}`, said, 'k8s.join-failed')
}

/** A further control plane: API server, and a member of etcd that is no learner any more. */
export const k8sJoinControlPlane: StepHandler<StepArgs['k8s.join-control-plane']> = {
  async check({ cluster, guest }, ctx) {
    const session = await ctx.guest(guest)
    const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml'
    if ((await session.run(sh`test -e ${manifest}`, { sudo: true })).code !== 0) return false
    const node = await (await ctx.kubernetes(cluster)).get(nodePath(guest.name))
    if (node?.metadata.labels?.[CONTROL_PLANE] === undefined) return false
    const control = await ctx.guest(cluster.firstControlPlane)
    const members = await etcdMembers(control, cluster.firstControlPlane.name)
    return members.some(({ name, learner, started }) => name === guest.name && started && !learner)
  },

  async apply({ cluster, guest }, ctx) {
    const control = await ctx.guest(cluster.firstControlPlane)
    const first = cluster.firstControlPlane.name
    if (!(await isGoing(await ctx.guest(guest), ctx, 'kubeadm-join'))) {
      // A member left by an earlier life of this machine keeps a new one from being promoted.
      const stale = (await etcdMembers(control, first)).filter(
        ({ name, peer }) => name === guest.name || peer.includes(`//${guest.address}:`),
      )
      for (const { id } of stale) {
        ctx.log(`Removing the etcd member that an earlier ${guest.name} left.`)
        await removeEtcdMember(control, first, id)
      }
    }
    await join(cluster, guest, ctx, uploadCertificates)
  },

  takeUp: async ({ guest }, ctx) => takeUpKubeadm(await ctx.guest(guest), ctx, 'join'),
}

/** A worker: its kubelet runs and the cluster lists it. Ready comes later, with the network. */
export const k8sJoinWorker: StepHandler<StepArgs['k8s.join-worker']> = {
  async check({ cluster, guest }, ctx) {
    const session = await ctx.guest(guest)
    const joined = await session.run(sh`test -e /etc/kubernetes/kubelet.conf`, { sudo: true })
    if (joined.code !== 0) return false
    return (await (await ctx.kubernetes(cluster)).get(nodePath(guest.name))) !== null
  },

  apply: ({ cluster, guest }, ctx) => join(cluster, guest, ctx, async () => null),

  takeUp: async ({ guest }, ctx) => takeUpKubeadm(await ctx.guest(guest), ctx, 'join'),
}

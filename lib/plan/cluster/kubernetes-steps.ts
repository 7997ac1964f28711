import type { Step } from '../step'
import { certSans, foundStep, joinAgentStep, joinServerStep, zoneOf } from './k3s-steps'
import { machineStep } from './machine-step'
import { lastNodeStep } from './machine-steps'
import type { Member, WantedCluster } from './wanted'

/** Id of the step after which the cluster's API can be used by the panel. */
export const kubeconfigStep = (wanted: WantedCluster) => `k8s.kubeconfig:${wanted.id}`
export const nodeReadyStep = ({ vm }: Member) => `k8s.node-ready:${vm.id}`
const initStep = ({ id, ref }: WantedCluster) => (ref.k3s ? `k3s.server:${id}` : `k8s.init:${id}`)

/** The member that the cluster began or begins on. */
const founder = ({ controlPlanes, ref }: WantedCluster): Member =>
  controlPlanes.find(({ vm }) => vm.id === ref.firstControlPlane.vm) ?? (controlPlanes[0] as Member)

/** Init on the first control plane, and the panel's own access. */
export function initSteps(wanted: WantedCluster): Step[] {
  const first = founder(wanted)
  const { ref } = wanted
  const needs = [
    lastNodeStep(wanted, first),
    ...wanted.loadBalancers.map(({ vm }) => `guest.haproxy:${vm.id}`),
  ]
  return [
    ref.k3s ? foundStep(wanted, first, needs) : kubeadmInit(wanted, first, needs),
    {
      ...machineStep(
        wanted,
        'k8s.kubeconfig',
        first,
        { cluster: ref, guest: first.guest },
        {
          needs: [initStep(wanted)],
          reason: ref.k3s
            ? 'The panel keeps an administrator of the cluster, sealed.'
            : 'The panel keeps a revocable admin, sealed.',
        },
      ),
      id: kubeconfigStep(wanted),
      object: ['clusters', wanted.id],
    },
  ]
}

const kubeadmInit = (wanted: WantedCluster, first: Member, needs: string[]): Step => ({
  ...machineStep(
    wanted,
    'k8s.init',
    first,
    { cluster: wanted.ref, guest: first.guest, certSans: certSans(wanted) },
    { needs, reason: `The cluster ${wanted.ref.name} does not exist.`, effect: 'create' },
  ),
  id: initStep(wanted),
  object: ['clusters', wanted.id],
})

/** Control planes join strictly one at a time: each is a new etcd member. */
export function controlPlaneJoins(wanted: WantedCluster, joining: readonly Member[]): Step[] {
  let before = kubeconfigStep(wanted)
  return joining.map((member) => {
    const needs = [lastNodeStep(wanted, member), before]
    const step = wanted.ref.k3s
      ? joinServerStep(wanted, member, needs)
      : kubeadmControlPlane(wanted, member, needs)
    before = step.id
    return step
  })
}

const kubeadmControlPlane = (wanted: WantedCluster, member: Member, needs: string[]): Step =>
  machineStep(
    wanted,
    'k8s.join-control-plane',
    member,
    { cluster: wanted.ref, guest: member.guest },
    {
      needs,
      reason: `${member.vm.name} is not a control plane of ${wanted.ref.name} yet.`,
      effect: 'create',
    },
  )

/** Workers join side by side. */
export const workerJoins = (wanted: WantedCluster, joining: readonly Member[]): Step[] =>
  joining.map((member) => {
    const needs = [lastNodeStep(wanted, member), kubeconfigStep(wanted)]
    if (wanted.ref.k3s) return joinAgentStep(wanted, member, needs)
    return machineStep(
      wanted,
      'k8s.join-worker',
      member,
      { cluster: wanted.ref, guest: member.guest },
      {
        needs,
        reason: `${member.vm.name} is not a node of ${wanted.ref.name} yet.`,
        effect: 'create',
      },
    )
  })

/** Id of the step that makes a member other than the founder a node. */
export function joinStep({ ref }: WantedCluster, { vm }: Member): string {
  const controlPlane = vm.role === 'control-plane'
  if (ref.k3s) return `k3s.join-${controlPlane ? 'server' : 'agent'}:${vm.id}`
  return `k8s.join-${controlPlane ? 'control-plane' : 'worker'}:${vm.id}`
}

/** Labels and readiness of one node. Needs the network, without which no node gets ready. */
export function settleSteps(wanted: WantedCluster, member: Member, joinId: string): Step[] {
  const { ref } = wanted
  return [
    machineStep(
      wanted,
      'k8s.labels',
      member,
      { cluster: ref, node: member.vm.name, labels: nodeLabels(wanted, member) },
      {
        needs: [joinId],
        reason: 'Zone and role labels tell schedulers what fails together.',
      },
    ),
    machineStep(
      wanted,
      'k8s.node-ready',
      member,
      { cluster: ref, node: member.vm.name },
      {
        needs: [joinId, `addon.install:${wanted.id}/calico`],
        reason: 'A node takes pods once its network runs.',
      },
    ),
  ]
}

/** Zone and role. */
export const nodeLabels = (wanted: WantedCluster, member: Member): Record<string, string> => ({
  'topology.kubernetes.io/zone': zoneOf(wanted, member),
  ...(member.vm.role === 'worker' ? { 'node-role.kubernetes.io/worker': '' } : {}),
})

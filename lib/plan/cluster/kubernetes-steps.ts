import type { Step } from '../step'
import { lastNodeStep, machineStep } from './machine-steps'
import type { Member, WantedCluster } from './wanted'

/** Id of the step after which the cluster's API can be used by the panel. */
export const kubeconfigStep = (wanted: WantedCluster) => `k8s.kubeconfig:${wanted.id}`
export const nodeReadyStep = ({ vm }: Member) => `k8s.node-ready:${vm.id}`
const initStep = (wanted: WantedCluster) => `k8s.init:${wanted.id}`

/** The member that the cluster begins on: the document's first control plane. */
const founder = (wanted: WantedCluster): Member => wanted.controlPlanes[0] as Member

/** Init on the first control plane, and the panel's own access. */
export function initSteps(wanted: WantedCluster): Step[] {
  const first = founder(wanted)
  const { ref } = wanted
  const object = ['clusters', wanted.id]
  const sans = [
    ref.endpoint.name,
    ref.endpoint.address,
    ...wanted.loadBalancers.map(({ guest }) => guest.address),
    ...wanted.controlPlanes.flatMap(({ guest, vm }) => [guest.address, vm.name]),
  ]
  return [
    {
      ...machineStep(
        wanted,
        'k8s.init',
        first,
        { cluster: ref, guest: first.guest, certSans: [...new Set(sans)] },
        {
          needs: [
            lastNodeStep(first),
            ...wanted.loadBalancers.map(({ vm }) => `guest.haproxy:${vm.id}`),
          ],
          reason: `The cluster ${ref.name} does not exist.`,
          effect: 'create',
        },
      ),
      id: initStep(wanted),
      object,
    },
    {
      ...machineStep(
        wanted,
        'k8s.kubeconfig',
        first,
        { cluster: ref, guest: first.guest },
        { needs: [initStep(wanted)], reason: 'The panel keeps a revocable admin, sealed.' },
      ),
      id: kubeconfigStep(wanted),
      object,
    },
  ]
}

/** Control planes join strictly one at a time: each is a new etcd member. */
export function controlPlaneJoins(wanted: WantedCluster, joining: readonly Member[]): Step[] {
  let before = kubeconfigStep(wanted)
  return joining.map((member) => {
    const step = machineStep(
      wanted,
      'k8s.join-control-plane',
      member,
      { cluster: wanted.ref, guest: member.guest },
      {
        needs: [lastNodeStep(member), before],
        reason: `${member.vm.name} is not a control plane of ${wanted.ref.name} yet.`,
        effect: 'create',
      },
    )
    before = step.id
    return step
  })
}

/** Workers join side by side. */
export const workerJoins = (wanted: WantedCluster, joining: readonly Member[]): Step[] =>
  joining.map((member) =>
    machineStep(
      wanted,
      'k8s.join-worker',
      member,
      { cluster: wanted.ref, guest: member.guest },
      {
        needs: [lastNodeStep(member), kubeconfigStep(wanted)],
        reason: `${member.vm.name} is not a node of ${wanted.ref.name} yet.`,
        effect: 'create',
      },
    ),
  )

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

/** Zone = what fails together: the host, or its named failure domain. */
export function nodeLabels(wanted: WantedCluster, { vm }: Member): Record<string, string> {
  const host = vm.host === null ? undefined : wanted.topology.hosts?.[vm.host]
  return {
    'topology.kubernetes.io/zone': host?.failureDomain ?? vm.host ?? 'unknown',
    ...(vm.role === 'worker' ? { 'node-role.kubernetes.io/worker': '' } : {}),
  }
}

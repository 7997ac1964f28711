import type { Topology } from '@/lib/topology/topology'
import type { PlanContext } from '../context'
import { clustersOf } from '../desired'
import type { Observed, ObservedCluster } from '../observed'
import type { Refused } from '../plan'
import { whyUnknown } from '../refusals'
import { missingSecrets } from '../secret-uses'
import { loadBalancerSteps } from './machine-steps'
import { isNeeded } from './needed'
import { type Member, type WantedCluster, wantedCluster } from './wanted'

/** What planning a cluster comes to before any step: why not at all, why not now, what is left alone. */
export type ClusterVerdict = {
  refusals: Refused[]
  notes: string[]
}

/**
 * Judges one cluster for a deploy. A cluster that exists and does not answer is never taken for
 * one that is to be made: its steps would begin with `kubeadm init`. While machines of it are
 * absent or stopped, or its load balancer is not set up, Deploy mends those and leaves the rest for
 * the next time; otherwise it is refused.
 */
export function judgeCluster(
  topology: Topology,
  observed: Observed,
  context: PlanContext,
  id: string,
): ClusterVerdict {
  const seen = observed.clusters[id]
  const wanted = wantedCluster(topology, context, id, seen)
  if (!wanted) {
    const note = `Cluster ${id} is not brought up: none of its control planes has an address and a host.`
    return { refusals: [], notes: [note] }
  }
  const notes = [...leftOut(topology, wanted), ...wanted.unplanned.map((each) => each.message)]
  if (seen?.state === 'unknown') {
    const why = whyUnknown(seen, context.now)
    const down = [...wanted.loadBalancers, ...wanted.controlPlanes].filter(
      ({ vm }) => !isRunning(observed, vm.id),
    )
    const unserved = wanted.loadBalancers.filter((member) => lacksHaproxy(wanted, member, observed))
    const mended = [...new Set([...down, ...unserved])].map(({ vm }) => vm.name)
    if (mended.length === 0) return { refusals: [unknownCluster(id, why)], notes }
    notes.push(
      `Cluster ${id} does not answer (${why}), which ${mended.join(', ')} may be the cause of: nothing is changed inside it. Deploy again once it answers.`,
    )
    return { refusals: [], notes }
  }
  const unknown = secretRefusals(topology, context, id)
  if (seen?.state !== 'known') return { refusals: unknown, notes }
  return {
    refusals: [
      ...unknown,
      ...versionRefusals(wanted, seen.value),
      ...fixedRefusals(wanted, seen.value),
    ],
    notes: [...notes, ...startedWith(wanted, seen.value), ...strangers(wanted, seen.value)],
  }
}

/** Clusters of a VM that exist and do not answer, so that nobody can drain it or take it out. */
export function unknownClusterRefusals(
  topology: Topology,
  observed: Observed,
  context: PlanContext,
  vmId: string,
): Refused[] {
  return clustersOf(topology, vmId).flatMap((id) => {
    const seen = observed.clusters[id]
    return seen?.state === 'unknown' ? unknownCluster(id, whyUnknown(seen, context.now)) : []
  })
}

const unknownCluster = (id: string, why: string): Refused => ({
  code: 'plan.unknown-cluster',
  message: `Nothing can be planned for cluster ${id} - it exists and does not answer: ${why} - look at its load balancer and control planes, refresh, then plan again.`,
  object: ['clusters', id],
})

const isRunning = (observed: Observed, vm: string) => {
  const seen = observed.vms[vm]
  return seen?.state === 'known' && seen.value.running
}

/** A load balancer that was looked at and does not stand in front of the control planes as wanted. */
export const lacksHaproxy = (wanted: WantedCluster, member: Member, observed: Observed) =>
  observed.guests?.[member.vm.id]?.state === 'known' &&
  loadBalancerSteps(wanted, member).some(
    (step) =>
      step.kind === 'guest.haproxy' &&
      isNeeded(step, { wanted, observed, cluster: null, fresh: () => false }),
  )

/** `1.29` is kept by any patch of it; a full version only by itself. */
function versionRefusals(
  { id, cluster }: WantedCluster,
  { nodes, version }: ObservedCluster,
): Refused[] {
  const asked = cluster.kubernetes
  const keeps = (seen: string) =>
    seen === `v${asked}` ||
    (/^[.+]/.test(seen.slice(`v${asked}`.length)) && seen.startsWith(`v${asked}`))
  const other = [version, ...nodes.map((node) => node.version)].find(
    (seen) => seen !== '' && !keeps(seen),
  )
  if (other === undefined) return []
  return [
    {
      code: 'plan.cluster-version',
      message: `Cluster ${id} stays at ${other} - Deploy does not change the version of a running cluster to ${asked} - write ${other.slice(1)} back, or destroy the cluster and deploy it anew.`,
      object: ['clusters', id],
    },
  ]
}

/** Secrets that only a person can know and that have no value: a made-up one would be installed. */
function secretRefusals(
  topology: Topology,
  { secretVersions }: PlanContext,
  clusterId: string,
): Refused[] {
  if (secretVersions === undefined) return []
  return missingSecrets(topology, secretVersions)
    .filter(({ path }) => path[0] === 'clusters' && path[1] === clusterId)
    .map(({ secret, label, path }) => ({
      code: 'plan.secret-missing',
      message: `The secret ${secret} has no value - ${label} uses it, and only you can know it - set it under Secrets on the Design page.`,
      object: path.slice(0, 4),
    }))
}

/** What a cluster was made with and cannot become otherwise (trap T15), field by field. */
function fixedRefusals({ id, ref }: WantedCluster, seen: ObservedCluster): Refused[] {
  const { podCidr, serviceCidr, endpoint, k3s } = ref
  const distribution = k3s ? 'k3s' : 'kubeadm'
  const asked: Record<string, string | undefined> = {
    ...{ podCidr, serviceCidr, endpoint: `${endpoint.name}:${endpoint.port}` },
    ...{ network: k3s?.network, distribution },
  }
  const found = { ...seen.made, distribution: distributionOf(seen) ?? distribution }
  return Object.entries(found)
    .filter(([field, there]) => there !== undefined && field in asked && asked[field] !== there)
    .map(([field, there]) => ({
      code: 'plan.cluster-fixed',
      message: `Cluster ${id} keeps its ${field} ${there} - ${distribution} cannot change it to ${asked[field]} in a cluster that runs - write it back, or destroy the cluster and deploy it anew.`,
      object: ['clusters', id],
    }))
}

/** What servers of k3s were started with and the document wants otherwise now: nothing restarts them for it. */
function startedWith({ id, cluster }: WantedCluster, { made }: ObservedCluster): string[] {
  const differs = (there: boolean | undefined, wanted: boolean) =>
    there !== undefined && there !== wanted
  const secrets = differs(made?.encryptSecrets, cluster.encryptSecrets ?? false)
  const audit = differs(made?.audit, cluster.audit !== undefined)
  return [
    ...(secrets
      ? [
          `Cluster ${id} was begun with its Secrets ${made?.encryptSecrets ? '' : 'not '}encrypted, and Deploy leaves them so: "k3s secrets-encrypt" on a server changes it.`,
        ]
      : []),
    ...(audit
      ? [
          `Cluster ${id} was begun ${made?.audit ? 'with' : 'without'} an audit log, and Deploy leaves it so: destroy the cluster and deploy it anew, or change /etc/rancher/k3s/config.yaml on its servers.`,
        ]
      : []),
  ]
}

/** k3s tells in its version that it is k3s; null for a version that tells nothing. */
const distributionOf = ({ version }: ObservedCluster) =>
  version === '' ? null : version.includes('+k3s') ? 'k3s' : 'kubeadm'

/** Members that cannot be reached, hence are not made part of the cluster. */
function leftOut(topology: Topology, wanted: WantedCluster): string[] {
  const { controlPlanes, workers, loadBalancers = [], nfs } = wanted.cluster
  const reached = new Set(
    [wanted.controlPlanes, wanted.workers, wanted.loadBalancers, wanted.nfs ?? []]
      .flat()
      .map(({ vm }) => vm.id),
  )
  return [...controlPlanes, ...workers, ...loadBalancers, ...(nfs === undefined ? [] : [nfs])]
    .filter((vm) => !reached.has(vm))
    .map(
      (vm) =>
        `${topology.vms?.[vm]?.name ?? vm} is not made part of cluster ${wanted.id}: it has no address or no host with a connection.`,
    )
}

/** What the cluster has and the document has not. Deploy takes none of it away. */
function strangers({ id, ...wanted }: WantedCluster, seen: ObservedCluster): string[] {
  const members = new Set([...wanted.controlPlanes, ...wanted.workers].map(({ vm }) => vm.name))
  const addOns = new Set(wanted.addOns.map((each) => `${each.namespace}/${each.release}`))
  return [
    ...seen.nodes
      .filter((node) => !members.has(node.name))
      .map(
        (node) => `Node ${node.name} of cluster ${id} is not in the document and is left alone.`,
      ),
    ...Object.entries(seen.releases)
      .filter(([key, { addOn }]) => addOn !== null && !addOns.has(key))
      .map(
        ([key, { addOn }]) =>
          `Add-on ${addOn} (${key}) of cluster ${id} is not wanted any more and is left running.`,
      ),
  ]
}

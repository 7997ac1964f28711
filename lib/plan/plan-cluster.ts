import { keepNodes } from '@/lib/dag/keep'
import type { Topology } from '@/lib/topology/topology'
import { addOnSteps } from './cluster/add-on-steps'
import { lacksHaproxy } from './cluster/judge'
import {
  controlPlaneJoins,
  initSteps,
  joinStep,
  settleSteps,
  workerJoins,
} from './cluster/kubernetes-steps'
import { machineStep } from './cluster/machine-step'
import { loadBalancerSteps, nfsSteps, nodeSteps } from './cluster/machine-steps'
import { isNeeded, type Sight } from './cluster/needed'
import { type Member, type WantedCluster, wantedCluster } from './cluster/wanted'
import type { PlanContext } from './context'
import { clustersOf } from './desired'
import { makeStep } from './make-step'
import type { Observed } from './observed'
import type { Step } from './step'

/**
 * Steps that take the document's clusters from what is seen to what is wanted. Needs may name
 * `guest.ready:<vm>` whether or not that step is planned: {@link knit} drops needs on what holds
 * already. Nothing here touches nodes that left the document or what others installed. Of a
 * cluster that is there and does not answer only the load balancer is mended (cluster/judge.ts).
 */
export function clusterSteps(topology: Topology, observed: Observed, context: PlanContext): Step[] {
  const fresh = (vmId: string) => observed.vms[vmId]?.state !== 'known'
  return everyCluster(topology, observed, context).flatMap((wanted) => {
    if (observed.clusters[wanted.id]?.state !== 'unknown')
      return stepsOf(sightOf(wanted, observed, fresh))
    return wanted.loadBalancers
      .filter((member) => fresh(member.vm.id) || lacksHaproxy(wanted, member, observed))
      .flatMap((member) => loadBalancerSteps(wanted, member))
  })
}

/**
 * Before a node's VM goes away: drain, then remove it from every cluster that lists it, also when
 * the VM has left the document already.
 */
export function leaveSteps(
  topology: Topology,
  observed: Observed,
  context: PlanContext,
  vmId: string,
): Step[] {
  const seen = observed.vms[vmId]
  const node = seen?.state === 'known' ? seen.value.spec?.name : undefined
  return everyCluster(topology, observed, context).flatMap((wanted) => {
    const listed = sightOf(wanted, observed, () => false).cluster?.nodes ?? []
    const name = memberOf(wanted, vmId)?.vm.name ?? node
    if (name === undefined || !listed.some((each) => each.name === name)) return []
    const args = { cluster: wanted.ref, node: name }
    const parts = { of: vmId, object: ['vms', vmId], effect: 'change' } as const
    return [
      makeStep(context, 'k8s.drain', args, {
        ...parts,
        reason: `${name} runs pods that must move first.`,
      }),
      makeStep(context, 'k8s.remove-node', args, {
        ...parts,
        needs: [`k8s.drain:${vmId}`],
        reason: `The cluster still lists ${name}, whose machine goes away.`,
      }),
    ]
  })
}

/** After a node's VM was made anew: everything that makes it a node again. Nothing for others. */
export function rejoinSteps(
  topology: Topology,
  observed: Observed,
  context: PlanContext,
  vmId: string,
): Step[] {
  const fresh = (id: string) => id === vmId
  return clustersOf(topology, vmId).flatMap((id) => {
    const wanted = wantedCluster(topology, context, id, observed.clusters[id])
    if (!wanted || observed.clusters[id]?.state !== 'known') return []
    const steps = stepsOf(sightOf(wanted, observed, fresh))
    // leaveSteps has removed the old node already.
    return keepNodes(steps, (step) => step.object[1] === vmId && step.kind !== 'k8s.remove-node')
  })
}

/**
 * After a machine of a running cluster was restarted: a node has to report again, and its API server
 * and etcd with it; a load balancer has to reach the first control plane again. Nothing for a
 * machine that is no part of it yet.
 */
export function recoverSteps(
  topology: Topology,
  observed: Observed,
  context: PlanContext,
  vmId: string,
): Step[] {
  return clustersOf(topology, vmId).flatMap((id) => {
    const wanted = wantedCluster(topology, context, id, observed.clusters[id])
    if (!wanted || observed.clusters[id]?.state !== 'known') return []
    const front = wanted.loadBalancers.find(({ vm }) => vm.id === vmId)
    const member = front ?? memberOf(wanted, vmId)
    const sight = sightOf(wanted, observed, () => false)
    if (!member || (!front && !isNode(sight, member))) return []
    const guest = front ? wanted.ref.firstControlPlane : member.guest
    const args = { cluster: wanted.ref, node: guest.name, guest }
    return machineStep(wanted, 'k8s.node-ready', member, args, {
      needs: [`guest.ready:${vmId}`],
      reason: front
        ? 'The API has to answer through it again.'
        : 'The next machine of the cluster waits until it is back.',
    })
  })
}

const everyCluster = (topology: Topology, observed: Observed, context: PlanContext) =>
  Object.keys(topology.clusters ?? {}).flatMap(
    (id) => wantedCluster(topology, context, id, observed.clusters[id]) ?? [],
  )

function sightOf(
  wanted: WantedCluster,
  observed: Observed,
  fresh: (vmId: string) => boolean,
): Sight {
  const seen = observed.clusters[wanted.id]
  return { wanted, observed, fresh, cluster: seen?.state === 'known' ? seen.value : null }
}

const memberOf = (wanted: WantedCluster, vmId: string): Member | undefined =>
  [...wanted.controlPlanes, ...wanted.workers].find(({ vm }) => vm.id === vmId)

const isKnownToCluster = ({ cluster }: Sight, { vm }: Member) =>
  cluster?.nodes.some((node) => node.name === vm.name) ?? false

const isNode = (sight: Sight, member: Member) =>
  !sight.fresh(member.vm.id) && isKnownToCluster(sight, member)

const removeStep = (wanted: WantedCluster, member: Member, needs: string[]): Step =>
  machineStep(
    wanted,
    'k8s.remove-node',
    member,
    { cluster: wanted.ref, node: member.vm.name },
    {
      needs,
      reason: `The cluster still lists ${member.vm.name}, whose machine is made anew.`,
      effect: 'change',
    },
  )

function stepsOf(sight: Sight): Step[] {
  const { wanted, cluster } = sight
  const members = [...wanted.controlPlanes, ...wanted.workers]
  const joining = members.filter((member) => !isNode(sight, member))
  const founder = cluster === null ? wanted.controlPlanes[0] : undefined
  const all = [
    ...wanted.loadBalancers.flatMap((member) => loadBalancerSteps(wanted, member)),
    ...(wanted.nfs ? nfsSteps(wanted, wanted.nfs) : []),
    ...joining.flatMap((member) => nodeSteps(wanted, member)),
    ...initSteps(wanted),
    ...joinSteps(sight, joining, founder),
    ...members.flatMap((member) => settleSteps(wanted, member, joinId(wanted, member, founder))),
    ...wanted.addOns.flatMap((addOn) => addOnSteps(wanted, addOn)),
  ]
  const needed = new Set(all.filter((step) => isNeeded(step, sight)).map((step) => step.id))
  // Looking whether a machine reaches the world is worth it only before something is done on it.
  const followed = new Set(
    all.flatMap((step) => (needed.has(step.id) && step.kind !== 'guest.reach' ? step.needs : [])),
  )
  return keepNodes(
    dropRepeats(all),
    (step) => needed.has(step.id) && (step.kind !== 'guest.reach' || followed.has(step.id)),
  )
}

/** Nodes that the cluster still lists from before go first; then control planes one by one, then workers. */
function joinSteps(sight: Sight, joining: readonly Member[], founder: Member | undefined): Step[] {
  const { wanted } = sight
  const stale = joining.filter((member) => isKnownToCluster(sight, member))
  const removals = stale.map((member) => removeStep(wanted, member, []))
  const removed = new Set(removals.map((step) => step.id))
  const joins = [
    ...controlPlaneJoins(
      wanted,
      joining.filter(({ vm }) => vm.role === 'control-plane').filter((each) => each !== founder),
    ),
    ...workerJoins(
      wanted,
      joining.filter(({ vm }) => vm.role !== 'control-plane'),
    ),
  ]
  const withRemoval = joins.map((step) => {
    const removal = `k8s.remove-node:${step.object[1]}`
    return removed.has(removal) ? { ...step, needs: [...step.needs, removal] } : step
  })
  return [...removals, ...withRemoval]
}

const joinId = (wanted: WantedCluster, member: Member, founder: Member | undefined) =>
  member === founder ? `k8s.kubeconfig:${wanted.id}` : joinStep(wanted, member)

/** A machine that plays two parts (load balancer and NFS) is reached once. */
function dropRepeats(steps: readonly Step[]): Step[] {
  const seen = new Set<string>()
  return steps.filter((step) => !seen.has(step.id) && seen.add(step.id))
}

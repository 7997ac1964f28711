import { PanelError } from '@/lib/base/errors'
import { mapBounded } from '@/lib/io/bounded'
import { wantedCluster } from '@/lib/plan/cluster/wanted'
import type { PlanContext } from '@/lib/plan/context'
import { toGuest } from '@/lib/plan/desired'
import type { GuestFacts, Observed, ObservedCluster, Seen } from '@/lib/plan/observed'
import { kubeconfigName } from '@/lib/plan/secret-names'
import { resolveVms } from '@/lib/topology/resolve'
import type { Topology } from '@/lib/topology/topology'
import type { ObserveDeps } from './observe'
import { observeCluster } from './observe-cluster'
import { isLookedAt, observeGuest } from './observe-guest'

const AT_ONCE = 6

/**
 * Clusters. Absent without a control plane that exists or before the panel has its kubeconfig;
 * unknown when there is one and it does not answer.
 */
export async function observeClusters(
  topology: Topology,
  context: PlanContext,
  { at, vms }: Observed,
  deps: ObserveDeps,
): Promise<Observed['clusters']> {
  const clusters = Object.entries(topology.clusters ?? {})
  const seen = await mapBounded(
    clusters,
    AT_ONCE,
    async ([id, { controlPlanes }]): Promise<Seen<ObservedCluster>> => {
      const absent: Seen<never> = { state: 'absent', at }
      if (controlPlanes.every((vm) => vms[vm]?.state === 'absent')) return absent
      const wanted = wantedCluster(topology, context, id, undefined)
      if (!wanted) return absent
      if (!(await deps.secrets.find(kubeconfigName(context.topologyId, id)))) return absent
      return attempt(
        async () => observeCluster(await deps.kubernetes(wanted.ref), wanted),
        at,
        deps,
      )
    },
  )
  return Object.fromEntries(
    clusters.map(([id], index) => [id, seen[index] as Seen<ObservedCluster>]),
  )
}

/** What running guests say of themselves, for the roles whose files planning compares. */
export async function observeGuests(
  topology: Topology,
  context: PlanContext,
  { at, vms }: Observed,
  deps: ObserveDeps,
): Promise<NonNullable<Observed['guests']>> {
  const guests = resolveVms(topology).flatMap((vm) => {
    const ref = toGuest(vm, topology, context)
    return ref && isLookedAt(vm.role) ? [{ id: vm.id, role: vm.role, ref }] : []
  })
  const seen = await mapBounded(guests, AT_ONCE, async ({ id, role, ref }) => {
    const vm = vms[id]
    if (vm?.state !== 'known')
      return vm?.state === 'absent' ? vm : unknownBecause(vm?.reason ?? 'it was not looked at')
    if (!vm.value.running) return unknownBecause(`${ref.name} is switched off`)
    return attempt(async () => observeGuest(await deps.guest(ref), role), at, deps)
  })
  return Object.fromEntries(guests.map(({ id }, index) => [id, seen[index] as Seen<GuestFacts>]))
}

const unknownBecause = (reason: string): Seen<never> => ({ state: 'unknown', reason, since: null })

async function attempt<T>(
  look: () => Promise<T>,
  at: number,
  deps: Pick<ObserveDeps, 'signal'>,
): Promise<Seen<T>> {
  try {
    return { state: 'known', value: await look(), at }
  } catch (error) {
    if (deps.signal.aborted || !(error instanceof PanelError)) throw error
    return unknownBecause(error.message)
  }
}

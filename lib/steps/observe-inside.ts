import { PanelError } from '@/lib/base/errors'
import type { Secret } from '@/lib/base/secret'
import { mapBounded } from '@/lib/io/bounded'
import { type WantedCluster, wantedCluster } from '@/lib/plan/cluster/wanted'
import type { PlanContext } from '@/lib/plan/context'
import { toGuest } from '@/lib/plan/desired'
import type { GuestFacts, Observed, ObservedCluster, Seen } from '@/lib/plan/observed'
import { kubeconfigName } from '@/lib/plan/secret-names'
import { resolveVms } from '@/lib/topology/resolve'
import type { Topology } from '@/lib/topology/topology'
import { carriesCluster } from './kubernetes/carries-cluster'
import type { ObserveDeps } from './observe'
import { observeCluster } from './observe-cluster'
import { isLookedAt, observeGuest } from './observe-guest'

const AT_ONCE = 6

/**
 * Clusters. Absent without a control plane that exists, before the panel has its kubeconfig, or
 * when that is one of an earlier life and no control plane carries it; unknown when one may be
 * there and does not answer.
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
      const kubeconfig = await deps.secrets.find(kubeconfigName(context.topologyId, id))
      if (!kubeconfig) return absent
      const looked = await attempt(
        async () => observeCluster(await deps.kubernetes(wanted.ref), wanted),
        at,
        deps,
      )
      if (looked.state !== 'unknown') return looked
      return (await isGone(wanted, kubeconfig, vms, deps)) ? absent : looked
    },
  )
  return Object.fromEntries(
    clusters.map(([id], index) => [id, seen[index] as Seen<ObservedCluster>]),
  )
}

/** Whether every control plane could be asked and none is of the cluster that we have access to. */
async function isGone(
  wanted: WantedCluster,
  kubeconfig: Secret,
  vms: Observed['vms'],
  deps: ObserveDeps,
): Promise<boolean> {
  const there = wanted.controlPlanes.filter(({ vm }) => vms[vm.id]?.state !== 'absent')
  const asked = await mapBounded(there, AT_ONCE, async ({ vm, guest }) => {
    const seen = vms[vm.id]
    if (seen?.state !== 'known' || !seen.value.running) return true
    try {
      return await carriesCluster(await deps.guest(guest), kubeconfig, wanted.ref)
    } catch (error) {
      if (deps.signal.aborted || !(error instanceof PanelError)) throw error
      return true // Who cannot be asked may carry it.
    }
  })
  return !asked.includes(true)
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

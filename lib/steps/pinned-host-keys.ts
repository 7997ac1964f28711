import type { PlanContext } from '@/lib/plan/context'
import { hostKeyName } from '@/lib/plan/secret-names'
import { fingerprintOf, parsePublicKey, publicKeyOf } from '@/lib/ssh/keys'
import type { Topology } from '@/lib/topology/topology'
import type { ObserveDeps } from './observe'

/**
 * Fingerprints of the host keys that the panel made and pinned, by VM id, so that a person can
 * compare what a terminal shows. VMs whose key was not made yet are left out.
 */
export async function pinnedHostKeys(
  topology: Topology,
  context: Pick<PlanContext, 'topologyId'>,
  { secrets }: Pick<ObserveDeps, 'secrets'>,
): Promise<Record<string, string>> {
  const pinned: Record<string, string> = {}
  for (const vm of Object.keys(topology.vms ?? {})) {
    const key = await secrets.find(hostKeyName(context.topologyId, vm))
    if (key) pinned[vm] = fingerprintOf(parsePublicKey(publicKeyOf(key)).blob)
  }
  return pinned
}

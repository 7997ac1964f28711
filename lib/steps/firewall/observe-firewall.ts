import { PanelError } from '@/lib/base/errors'
import { mapBounded } from '@/lib/io/bounded'
import type { IpSetSpec } from '@/lib/plan/firewall/rule'
import type { Observed, ObservedFirewall, ObservedVmFirewall, Seen } from '@/lib/plan/observed'
import { placeOf, proxmoxHosts } from '@/lib/plan/places'
import type { Firewall, FirewallScope } from '@/lib/proxmox/firewall'
import type { Proxmox } from '@/lib/proxmox/proxmox'
import type { Topology } from '@/lib/topology/topology'
import { toRuleSpec } from './write-rules'

const CLUSTER = { of: 'cluster' } as const
const AT_ONCE = 4

/**
 * The firewall of each Proxmox that the document has a host of: only where there are policies, or
 * where it was looked at before, so that what they led to can be taken away. One that cannot be read
 * is unknown with the reason. Throws only when aborted or when the code is wrong.
 */
export async function observeFirewall(
  topology: Topology,
  deps: { proxmox(connection: string): Promise<Proxmox>; signal: AbortSignal },
  { at, vms, previous }: { at: number } & Pick<Observed, 'vms'> & { previous: Observed | null },
): Promise<Observed['firewall']> {
  const asked = Object.keys(topology.policies ?? {}).length > 0
  if (!asked && previous?.firewall === undefined) return undefined
  const places = proxmoxHosts(topology).flatMap((id) => placeOf(topology, id)?.connection ?? [])
  const connections = [...new Set(places)]
  const seen = await mapBounded(connections, AT_ONCE, async (connection) => {
    try {
      const value = await readFirewall(topology, await deps.proxmox(connection), connection, vms)
      return { state: 'known', value, at } satisfies Seen<ObservedFirewall>
    } catch (error) {
      if (deps.signal.aborted || !(error instanceof PanelError)) throw error
      return { state: 'unknown', reason: error.message, since: null } as const
    }
  })
  return Object.fromEntries(connections.map((id, i) => [id, seen[i] as Seen<ObservedFirewall>]))
}

async function readFirewall(
  topology: Topology,
  proxmox: Proxmox,
  connection: string,
  vms: Observed['vms'],
): Promise<ObservedFirewall> {
  const { firewall } = proxmox
  const ours = Object.entries(vms).flatMap(([id, seen]) => {
    const at = placeOf(topology, topology.vms?.[id]?.host ?? '')
    return seen.state === 'known' && at?.connection === connection ? [{ id, ...seen.value }] : []
  })
  const [options, rules, granted, read] = await Promise.all([
    firewall.options(CLUSTER),
    firewall.rules(CLUSTER),
    proxmox.permissions(),
    mapBounded(ours, AT_ONCE, (vm) => readVmFirewall(firewall, vm)),
  ])
  return {
    enabled: options.enabled,
    rules: rules.map(toRuleSpec),
    vms: Object.fromEntries(ours.map(({ id }, i) => [id, read[i] as ObservedVmFirewall])),
    mayChange: granted['/']?.includes('Sys.Modify') ?? false,
  }
}

/** The firewall of one VM, with the entries of its sets. */
export async function readVmFirewall(
  firewall: Firewall,
  { node, vmid }: { node: string; vmid: number },
): Promise<ObservedVmFirewall> {
  const scope: FirewallScope = { of: 'vm', node, vmid }
  const [{ enabled, policyIn, ipFilter }, rules, names] = await Promise.all([
    firewall.options(scope),
    firewall.rules(scope),
    firewall.ipSets(scope),
  ])
  const sets = await Promise.all(
    names.map(async ({ name }): Promise<IpSetSpec> => {
      return { name, entries: await firewall.ipSetEntries(scope, name) }
    }),
  )
  return { enabled, policyIn, ipFilter, rules: rules.map(toRuleSpec), sets }
}

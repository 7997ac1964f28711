import { pause } from '@/lib/io/pause'
import { ProxmoxError } from './errors'
import type { Firewall, NewRule } from './firewall'
import { type HostFirewall, lockedOut, type MustReach } from './lock-out'
import type { Nodes } from './nodes'

const CLUSTER = { of: 'cluster' } as const

/** The rules that let these in, first of all and known again by their comment. */
export const acceptRules = (wanted: readonly MustReach[]): NewRule[] =>
  wanted.map(({ name, from, ports }) => ({
    ...{ direction: 'in', action: 'ACCEPT', protocol: 'tcp', source: from },
    port: ports.join(','),
    comment: `drawbridge: keeps ${name} from being locked out`,
  }))

/** What decides about packets to a node, read as it stands now. */
export async function readHostFirewall(firewall: Firewall, node: string): Promise<HostFirewall> {
  const [options, ofNode, ofCluster, groups, sets, aliases] = await Promise.all([
    firewall.options(CLUSTER),
    firewall.rules({ of: 'node', node }),
    firewall.rules(CLUSTER),
    firewall.groups(),
    firewall.ipSets(CLUSTER),
    firewall.aliases(CLUSTER),
  ])
  const ofGroup = async (group: string) =>
    [group, await firewall.rules({ of: 'group', group })] as const
  const ofSet = async (name: string) => [name, await firewall.ipSetEntries(CLUSTER, name)] as const
  return {
    rules: [...ofNode, ...ofCluster],
    groups: Object.fromEntries(await Promise.all(groups.map(({ group }) => ofGroup(group)))),
    sets: Object.fromEntries(await Promise.all(sets.map(({ name }) => ofSet(name)))),
    aliases: Object.fromEntries(aliases.map(({ name, cidr }) => [name, cidr])),
    policyIn: options.policyIn,
  }
}

export type EnableFirewall = {
  /** Everybody who must still get in, the panel among them. Empty is refused. */
  mustReach: readonly MustReach[]
  /**
   * Reaches a node's API anew, on no connection that is open already; throws where it cannot. What
   * was open before goes on through PVE's firewall, so an old connection proves nothing.
   */
  probe(node: string, signal: AbortSignal): Promise<void>
  signal: AbortSignal
  /** So often it is looked at: with 2 s between for 24 s, for PVE's daemon takes rules over every 10 s. */
  rounds?: number
  /** Between two rounds. Less than 5 s, so that our own old connection stays open. Default 2 s. */
  everyMs?: number
  /** So many probes in a row may fail before it is switched off again. Default 2. */
  patience?: number
}

/**
 * Switches the cluster's firewall on: off by default, and a step of its own (T12). Refused, before
 * anything is changed, where the rules as they stand would lock somebody out that must get in. Then
 * it watches: each node is reached anew for a while, and if one is not, the firewall is switched off
 * again over the connection that was open before, which PVE's rules let pass.
 *
 * `proxmox` must be a client of its own with one connection (`limits.connections: 1`).
 */
export async function enableFirewall(
  proxmox: { firewall: Firewall } & Pick<Nodes, 'nodes'>,
  { mustReach, probe, signal, rounds = 12, everyMs = 2_000, patience = 2 }: EnableFirewall,
): Promise<'enabled' | 'was-on'> {
  const { firewall } = proxmox
  const before = await firewall.options(CLUSTER)
  const nodes = (await proxmox.nodes()).filter(({ online }) => online).map(({ node }) => node)
  if (before.enabled) {
    for (const node of nodes) await probe(node, signal)
    return 'was-on'
  }
  await refuseLockOut(firewall, nodes, mustReach)
  for (const node of nodes) await probe(node, signal)
  const failures = new Map<string, number>()
  try {
    await firewall.setOptions(CLUSTER, { set: { enable: 1 }, digest: before.digest })
    for (let round = 0; round < rounds; round++) {
      await pause(everyMs, signal)
      for (const node of nodes) {
        // Keeps the old connection from being closed as idle, and notices where it was.
        await firewall.options(CLUSTER)
        const failed = await probe(node, signal).then(
          () => null,
          (error: unknown) => ({ error }),
        )
        const count = failed ? (failures.get(node) ?? 0) + 1 : 0
        failures.set(node, count)
        if (failed && count >= patience) throw failed.error
      }
    }
    return 'enabled'
  } catch (cause) {
    throw await switchedOff(firewall, cause)
  }
}

async function refuseLockOut(
  firewall: Firewall,
  nodes: readonly string[],
  mustReach: readonly MustReach[],
): Promise<void> {
  if (mustReach.length === 0)
    throw new ProxmoxError(
      'proxmox.locked-out',
      'The firewall stays off, because nobody is named who must still get in - name the panel and a network of admins.',
    )
  const out = await Promise.all(
    nodes.map(async (node) => {
      const missing = lockedOut(await readHostFirewall(firewall, node), mustReach)
      return missing.map((text) => `${text} of ${node}`)
    }),
  )
  if (out.flat().length > 0)
    throw new ProxmoxError(
      'proxmox.locked-out',
      `The firewall stays off, because its rules would lock out ${out.flat().join(', ')} - add a rule that accepts them before any that refuses.`,
    )
}

/** Switches it off again, and says how that went. */
async function switchedOff(firewall: Firewall, cause: unknown): Promise<ProxmoxError> {
  const why = cause instanceof Error ? cause.message : String(cause)
  try {
    await firewall.setOptions(CLUSTER, { set: { enable: 0 } })
    return new ProxmoxError(
      'proxmox.locked-out',
      `The firewall was on and is off again, because it could not be seen to let everybody in (${why}) - look at its rules.`,
      { cause },
    )
  } catch (error) {
    const also = error instanceof Error ? error.message : String(error)
    return new ProxmoxError(
      'proxmox.locked-out',
      `The firewall was switched on, a node cannot be reached (${why}), and switching it off failed (${also}) - at a node's console run "pve-firewall stop" and set enable: 0 in /etc/pve/firewall/cluster.fw.`,
      { cause },
    )
  }
}

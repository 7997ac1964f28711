import { pause } from '@/lib/io/pause'
import { ProxmoxError } from './errors'
import type { Nodes } from './nodes'
import type { Sdn } from './sdn'
import type { Tasks, TaskWait } from './tasks'
import type { Upid } from './values'

export type ApplySdn = {
  /** Ids of the zones and networks that are ours to apply. */
  ours: ReadonlySet<string>
  wait: TaskWait
  /** How long a node may take to show it after the task. Default 30 s. */
  settleMs?: number
  /** Between two looks. Default 1 s. */
  everyMs?: number
}

/** What is staged of zones, networks and subnets, and whether each of it is ours. */
export async function stagedSdn(
  sdn: Sdn,
  ours: ReadonlySet<string>,
): Promise<{ foreign: string[] }> {
  const [zones, vnets] = await Promise.all([sdn.zones(), sdn.vnets()])
  const lists = await Promise.all(vnets.map(({ vnet }) => sdn.subnets(vnet)))
  const staged = [
    ...zones.map(({ zone, state }) => ({ id: zone, of: zone, state })),
    ...vnets.map(({ vnet, state }) => ({ id: vnet, of: vnet, state })),
    ...lists.flat().map(({ id, vnet, state }) => ({ id, of: vnet, state })),
  ].filter(({ state }) => state !== null)
  return { foreign: staged.filter(({ of }) => !ours.has(of)).map(({ id }) => id) }
}

/**
 * Applies what is staged of the SDN and asks every node that is up whether it has it: the task of
 * PVE ends OK even where a node's reload failed, which stands in its log alone (recorded). Refused
 * while something of somebody else's is staged, because it would be applied along.
 */
export async function applySdn(
  proxmox: { sdn: Sdn } & Pick<Nodes, 'nodes'> & Pick<Tasks, 'waitForTask'>,
  { ours, wait, settleMs = 30_000, everyMs = 1_000 }: ApplySdn,
): Promise<void> {
  await proxmox.waitForTask(await applyOurs(proxmox.sdn, ours), wait)
  const wanted = (await proxmox.sdn.zones()).filter(({ zone }) => ours.has(zone))
  const online = (await proxmox.nodes()).filter((node) => node.online)
  const deadline = performance.now() + settleMs
  for (;;) {
    const bad = await faultsOf(proxmox.sdn, wanted, online)
    if (bad.length === 0) return
    if (performance.now() >= deadline)
      throw new ProxmoxError(
        'proxmox.not-applied',
        `Proxmox says that the SDN was applied, but not every node has it: ${bad.join('; ')} - look at the log of the task and of that node (ifupdown2 must be installed).`,
      )
    await pause(everyMs, wait.signal)
  }
}

/** Locked where PVE has a lock (9), so that nobody stages anything between the look and the call. */
async function applyOurs(sdn: Sdn, ours: ReadonlySet<string>): Promise<Upid> {
  const lock = await sdn.lock()
  try {
    const { foreign } = await stagedSdn(sdn, ours)
    if (foreign.length > 0)
      throw new ProxmoxError(
        'proxmox.foreign-changes',
        `Changes of ${foreign.join(', ')} are staged in the SDN that are not ours, and applying ours would apply them too - apply or revert them under Datacenter > SDN in Proxmox first.`,
      )
    return await sdn.apply(lock ?? undefined)
  } catch (error) {
    if (lock !== null) await giveBack(sdn, lock, error)
    throw error
  }
}

async function giveBack(sdn: Sdn, lock: string, cause: unknown): Promise<void> {
  try {
    await sdn.unlock(lock)
  } catch (error) {
    const words = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown))
    throw new ProxmoxError(
      'proxmox.failed',
      `${words(cause)} The SDN stays locked, because giving the lock back failed too (${words(error)}) - run "pvesh delete /cluster/sdn/lock --force 1" on a node.`,
      { cause },
    )
  }
}

/** Each zone that a node should have and has not, in words. */
async function faultsOf(
  sdn: Sdn,
  wanted: Awaited<ReturnType<Sdn['zones']>>,
  online: Awaited<ReturnType<Nodes['nodes']>>,
): Promise<string[]> {
  const lists = await Promise.all(
    online.map(async ({ node }) => {
      const here = wanted.filter(({ nodes }) => nodes.length === 0 || nodes.includes(node))
      if (here.length === 0) return []
      try {
        const shown = new Map((await sdn.nodeZones(node)).map(({ zone, status }) => [zone, status]))
        return here
          .filter(({ zone }) => shown.get(zone) !== 'available')
          .map(({ zone }) => `${zone} on ${node} is ${shown.get(zone) ?? 'missing'}`)
      } catch (error) {
        // Right after the first apply a node has no file to read yet (recorded, Zones.pm:210).
        if (error instanceof ProxmoxError && /malformed JSON string/.test(error.message))
          return here.map(({ zone }) => `${zone} on ${node} is not generated`)
        throw error
      }
    }),
  )
  return lists.flat()
}

import { isOwn, sameRules } from '@/lib/plan/firewall/rule'
import type { StepArgs } from '@/lib/plan/step'
import { enableFirewall } from '@/lib/proxmox/enable-firewall'
import { ProxmoxError } from '@/lib/proxmox/errors'
import type { StepContext, StepHandler } from '../handler'
import { toRuleSpec, writeRules } from './write-rules'

type Args = StepArgs['firewall.datacenter']

const CLUSTER = { of: 'cluster' } as const
/** Note that it was switched on and nobody knows yet whether everybody gets in. */
const WATCHING = 'watching'

/**
 * The datacenter's firewall. On: who must get in is written first, the rules as they stand are judged,
 * and then every node is reached anew for a while; if one is not, it goes off again by itself. An
 * attempt that died while it watched begins with switching off. Off: first off, then our rules go.
 */
export const firewallDatacenter: StepHandler<Args> = {
  async check({ connection, owner, on, accepts }, ctx) {
    const { firewall } = await ctx.proxmox(connection)
    const [{ enabled }, rules] = await Promise.all([
      firewall.options(CLUSTER),
      firewall.rules(CLUSTER),
    ])
    const own = rules.filter((rule) => isOwn(rule, owner)).map(toRuleSpec)
    if (!on) return !enabled && own.length === 0
    return enabled && sameRules(own, accepts) && ctx.notes.get(WATCHING) !== 'yes'
  },

  async apply(args, ctx) {
    const { firewall } = await ctx.proxmox(args.connection)
    if (args.on) return switchOn(args, ctx)
    if ((await firewall.options(CLUSTER)).enabled)
      await firewall.setOptions(CLUSTER, { set: { enable: 0 } })
    await writeRules(firewall, CLUSTER, [], args.owner)
  },
}

async function switchOn(args: Args, ctx: StepContext): Promise<void> {
  const { connection, owner, accepts, mustReach } = args
  const { firewall } = await ctx.proxmox(connection)
  if (ctx.notes.get(WATCHING) === 'yes' && (await firewall.options(CLUSTER)).enabled) {
    ctx.log('An attempt before ended while it watched; the firewall goes off and is begun anew.')
    await firewall.setOptions(CLUSTER, { set: { enable: 0 } })
  }
  await writeRules(firewall, CLUSTER, accepts, owner)
  if (!ctx.proxmoxApart)
    throw new ProxmoxError(
      'proxmox.locked-out',
      `The firewall of ${connection} stays off - nothing here can reach its nodes over new connections, so that nobody would notice a lock-out - run this job on the panel itself.`,
    )
  const apart = await ctx.proxmoxApart(connection)
  try {
    await ctx.notes.set(WATCHING, 'yes')
    const { held, probe, watch } = apart
    const done = await enableFirewall(held, { mustReach, probe, signal: ctx.signal, ...watch })
    ctx.log(
      done === 'enabled'
        ? 'The firewall is on, and every node was reached over new connections since.'
        : 'The firewall was on, and every node is reached over a new connection.',
    )
    await ctx.notes.set(WATCHING, 'no')
  } finally {
    await apart.close()
  }
}

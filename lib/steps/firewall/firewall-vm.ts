import { isAsWanted, ownSets } from '@/lib/plan/firewall/plan-firewall'
import { entryTexts, type IpSetSpec, isOwn } from '@/lib/plan/firewall/rule'
import type { ObservedVmFirewall } from '@/lib/plan/observed'
import type { StepArgs } from '@/lib/plan/step'
import type { Firewall, FirewallScope } from '@/lib/proxmox/firewall'
import type { StepHandler } from '../handler'
import { getOurs } from '../vm/our-vm'
import { readVmFirewall } from './observe-firewall'
import { writeRules } from './write-rules'

type Args = StepArgs['firewall.vm']

/**
 * Rules and IP sets of ours on one VM. What others wrote stays; the policy for packets that no rule
 * takes is set only where nobody wrote one, because Proxmox's own would drop them.
 */
export const firewallVm: StepHandler<Args> = {
  async check({ ref, owner, rules, sets }, ctx) {
    const { firewall } = await ctx.proxmox(ref.at.connection)
    const seen = await readVmFirewall(firewall, { node: ref.at.node, vmid: ref.vmid })
    if (rules.length === 0 && mayGoOff(seen, owner)) return false
    return isAsWanted({ rules, sets }, seen, owner)
  },

  async apply({ ref, owner, rules, sets }, ctx) {
    const proxmox = await ctx.proxmox(ref.at.connection)
    await getOurs(proxmox, ref)
    const { firewall } = proxmox
    const { node } = ref.at
    const scope = { of: 'vm', node, vmid: ref.vmid } as const
    const before = await readVmFirewall(firewall, { node, vmid: ref.vmid })
    // Rules name sets: those that are wanted come before, what is wanted no more goes after.
    await fillSets(firewall, scope, { before, sets, owner })
    await writeRules(firewall, scope, rules, owner)
    await emptySets(firewall, scope, { before, sets, owner })
    if (rules.length > 0) {
      const set = { enable: 1, ...(before.policyIn === null ? { policy_in: 'ACCEPT' } : {}) }
      if (!before.enabled || before.policyIn === null) await firewall.setOptions(scope, { set })
      return
    }
    const after = await readVmFirewall(firewall, { node, vmid: ref.vmid })
    if (mayGoOff(after, owner)) await firewall.setOptions(scope, { set: { enable: 0 } })
  },
}

/** Whether it is on for our sake alone: nobody else has a rule, and what no rule takes is let in. */
const mayGoOff = ({ enabled, policyIn, rules }: ObservedVmFirewall, owner: string): boolean =>
  enabled && policyIn === 'ACCEPT' && rules.every((rule) => isOwn(rule, owner))

type Sets = { before: ObservedVmFirewall; sets: readonly IpSetSpec[]; owner: string }

async function fillSets(firewall: Firewall, scope: FirewallScope, { before, sets, owner }: Sets) {
  for (const set of sets) {
    const there = before.sets.find(({ name }) => name === set.name)
    if (!there) await firewall.createIpSet(scope, set.name, owner)
    const known = there ? entryTexts(there) : []
    for (const entry of set.entries)
      if (!known.includes(entryTexts({ name: set.name, entries: [entry] })[0] ?? ''))
        await firewall.addToIpSet(scope, set.name, entry)
  }
}

async function emptySets(firewall: Firewall, scope: FirewallScope, { before, sets, owner }: Sets) {
  for (const { name, entries } of ownSets(before, owner)) {
    const wanted = sets.find((set) => set.name === name)
    const keep = wanted ? entryTexts(wanted) : []
    for (const entry of entries)
      if (!keep.includes(entryTexts({ name, entries: [entry] })[0] ?? ''))
        await firewall.removeFromIpSet(scope, name, entry.cidr)
    if (wanted) continue
    // An empty set `ipfilter-netN` would let the NIC say nothing at all.
    const left = await firewall.ipSetEntries(scope, name)
    if (left.length === 0) await firewall.removeIpSet(scope, name)
  }
}

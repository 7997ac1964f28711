import { isOwn, type RuleSpec, sameRules } from '@/lib/plan/firewall/rule'
import type { Firewall, FirewallRule, FirewallScope } from '@/lib/proxmox/firewall'

/** A rule as planning compares it. */
export const toRuleSpec = (rule: FirewallRule): RuleSpec => {
  const { position: _position, digest: _digest, ...spec } = rule
  return { ...spec, comment: spec.comment.trim() }
}

/**
 * Brings the rules of one owner to what is wanted, above all others: the new ones are added first and
 * the old ones taken away then, so that what was let in stays let in meanwhile. A rule that refuses is
 * off until all that accept are there. Rules of others keep their order.
 *
 * Proxmox puts each new rule at the top whatever place is asked for (recorded), so they go in backwards.
 */
export async function writeRules(
  firewall: Firewall,
  scope: FirewallScope,
  wanted: readonly RuleSpec[],
  owner: string,
): Promise<void> {
  const own = (await firewall.rules(scope)).filter((rule) => isOwn(rule, owner))
  if (sameRules(own.map(toRuleSpec), wanted)) return
  for (const rule of wanted.toReversed())
    await firewall.addRule(scope, { ...rule, enabled: rule.enabled && rule.action === 'ACCEPT' })
  for (const [position, rule] of wanted.entries())
    if (rule.enabled && rule.action !== 'ACCEPT')
      await firewall.updateRule(scope, position, { set: { enable: 1 } })
  await removeOwn(firewall, scope, owner, wanted.length)
}

/** Takes the rules of one owner away that stand at `from` or below, the last first. */
async function removeOwn(
  firewall: Firewall,
  scope: FirewallScope,
  owner: string,
  from: number,
): Promise<void> {
  const old = (await firewall.rules(scope)).filter(
    (rule) => rule.position >= from && isOwn(rule, owner),
  )
  for (const { position } of old.toReversed()) {
    // Each change makes another digest; with it nobody's rule is taken that moved here in between.
    const now = (await firewall.rules(scope)).find((rule) => rule.position === position)
    if (now && isOwn(now, owner)) await firewall.removeRule(scope, position, now.digest)
  }
}

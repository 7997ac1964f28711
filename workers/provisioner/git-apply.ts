import { Refusal } from '@/lib/api/refusal'
import { listUnplanned, noteCommit, type Taken } from '@/lib/db/git-log'
import { planFor, startJob } from '@/lib/db/plans'
import { findRevision } from '@/lib/db/revisions'
import type { Plan } from '@/lib/plan/plan'
import { GIT, type GitShop } from './git-shop'

const DEPLOY = { kind: 'deploy' } as const

/**
 * Says of the newest commit that came in what its deploy would do, and deploys it by itself where that
 * is switched on and harmless. What somebody saved in the panel and nobody approved is never deployed
 * with it.
 */
export async function planTaken(
  shop: GitShop,
  { topologyId, autoApply }: { topologyId: string; autoApply: boolean },
): Promise<void> {
  const { db, panelId, now } = shop
  const news = await listUnplanned(db, topologyId)
  const last = news.at(-1)
  if (!last) return
  const say = async (note: string) => {
    await noteCommit(db, topologyId, { commit: last.commit, note })
    shop.tell('git-changed', { topologyId })
  }
  const planning = { topologyId, panelId, now: now() }
  const { result, headRevision } = await planFor(db, DEPLOY, planning)
  if (headRevision !== last.revision) return say('Somebody saved in the panel since.')
  if (!result.ok) return say(`No plan: ${result.refusals[0]?.message ?? 'it was refused.'}`)
  const { plan } = result
  const summary = summaryOf(plan)
  if (!autoApply || plan.steps.length === 0) return say(summary)
  const why = whyNotByItself(plan) ?? (await whyNotAlone(shop, topologyId, news))
  if (why !== null) return say(`${summary} It waits for approval: ${why}`)
  try {
    const request = { goal: DEPLOY, revision: headRevision, planHash: plan.hash }
    const asker = { actor: GIT, atLevelThree: neverByItself }
    const jobId = await startJob(db, request, { ...planning, ...asker })
    shop.tell('jobs-changed', { jobId })
    shop.wake()
    await say(`${summary} It is deployed by job ${jobId}.`)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    await say(`${summary} It was not deployed by itself: ${error.message}`)
  }
}

/** `Creates 1, changes 2.` */
export function summaryOf({ counts, steps }: Pick<Plan, 'counts' | 'steps'>): string {
  if (steps.length === 0) return 'Nothing is to do on the machines.'
  const said = (
    [
      ['creates', counts.create],
      ['changes', counts.change],
      ['reboots', counts.reboot],
      ['replaces', counts.replace],
      ['destroys', counts.destroy],
    ] as const
  )
    .filter(([, count]) => count > 0)
    .map(([verb, count]) => `${verb} ${count}`)
    .join(', ')
  return said === '' ? `A deploy has ${steps.length} steps.` : `A deploy ${said}.`
}

/** Why a plan needs a person, or null: what neither reboots, replaces, destroys nor interrupts does not. */
export function whyNotByItself({
  counts,
  losses,
  level,
}: Pick<Plan, 'counts' | 'losses' | 'level'>): string | null {
  const { reboot, replace, destroy } = counts
  if (destroy > 0) return 'it destroys something.'
  if (replace > 0) return 'it replaces something.'
  if (reboot > 0) return 'it reboots something.'
  if (losses.length > 0) return 'something is lost by it.'
  if (level > 1) return 'it is of a kind that a person confirms.'
  return null
}

/** Why the commits are not all that would be deployed, or null. */
async function whyNotAlone(
  { db }: GitShop,
  topologyId: string,
  news: readonly Taken[],
): Promise<string | null> {
  const first = news[0]
  const row = await db.topology.findUniqueOrThrow({ where: { id: topologyId } })
  if (row.appliedRevision === null) return 'nothing was deployed yet.'
  const applied = await findRevision(db, topologyId, row.appliedRevision)
  const before = await findRevision(db, topologyId, first?.before)
  const unbroken = news.every(({ before: b }, i) => i === 0 || b === news[i - 1]?.revision)
  if (applied.hash === before.hash && unbroken) return null
  return 'the panel has changes that were not deployed.'
}

const neverByItself = async (): Promise<never> => {
  throw new Refusal(422, 'git.not-by-itself', 'Nothing that loses data is deployed by a commit.')
}

import type { Severity } from '../problem'

/**
 * What it costs to ignore a problem, the dearest first. `loss`: data or a secret is gone or open.
 * `outage`: something that runs stops, or cannot be repaired. `deploy`: a deploy fails or builds
 * what nobody can use. `slow`: it works badly. `untidy`: it works, and will be in the way.
 */
export const COSTS = ['loss', 'outage', 'deploy', 'slow', 'untidy'] as const
export type Cost = (typeof COSTS)[number]

/** One kind of problem that the rules can find. */
export type CodeFacts = {
  code: string
  /** All that it can have. */
  severities: readonly Severity[]
  cost: Cost
  /** What is wrong, for the page of all rules. */
  what: string
  /** Where the fact comes from; absent where the document's own meaning says it. */
  source?: string
}

import { COSTS, type CodeFacts } from './code'
import { CLUSTERS } from './codes/clusters'
import { EQUIPMENT } from './codes/equipment'
import { HOSTS } from './codes/hosts'
import { NETWORKS } from './codes/networks'
import { VMS } from './codes/vms'

/** Every code, by area. */
export const CODES: readonly CodeFacts[] = [
  ...HOSTS,
  ...VMS,
  ...NETWORKS,
  ...CLUSTERS,
  ...EQUIPMENT,
]

const BY_CODE = new Map(CODES.map((facts) => [facts.code, facts]))

/** The facts of a code, or null if no rule has it. */
export const factsOf = (code: string): CodeFacts | null => BY_CODE.get(code) ?? null

/** Rank among problems of the same severity: 0 costs the most to ignore. */
export function costOf(code: string): number {
  const facts = BY_CODE.get(code)
  return facts ? COSTS.indexOf(facts.cost) : COSTS.length
}

import type { Change } from './change'

/**
 * `blocker`: it cannot work, a plan is refused. `warning`: it works and will hurt; acknowledged
 * once, with name and reason. `note`: honesty, without a badge.
 */
export type Severity = 'blocker' | 'warning' | 'note'

/** One thing wrong with a topology, in a form that pins to an object and a field. */
export type Problem = {
  /** Stable name of the rule, such as `ip.outside-pool`. */
  code: string
  severity: Severity
  /** Where it is: a path into the document, such as `['vms', 'k8s-master-1', 'nics', 'lan', 'address']`. */
  path: readonly string[]
  /** What is wrong and why, with the numbers, then what to do. */
  message: string
  /** One edit that removes it, where one exists. `label` is a verb and its object. */
  fix?: { label: string; changes: readonly Change[] }
}

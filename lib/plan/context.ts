import type { StepKind } from './step'

/** What planning needs besides a topology and what was seen. Plain values; nothing is looked up. */
export type PlanContext = {
  topologyId: string
  panelId: string
  /** Number of the revision that the topology is. */
  revision: number
  /** Measured seconds by step kind; a kind without one counts by the built-in table. */
  durations: Partial<Record<StepKind, number>>
  /** Ids of the connections the panel has. */
  connections: readonly string[]
  /** UTC milliseconds; only for ages in sentences. */
  now: number
}

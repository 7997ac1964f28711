import type { SecretVersions } from '@/lib/catalogue/secret-pins'
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
  /** Of the document's secrets; absent where nobody looked, which hides that one is missing. */
  secretVersions?: SecretVersions
  /** UTC milliseconds: for ages in sentences, and for holds, which end with a day. */
  now: number
}

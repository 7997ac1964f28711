import type { ObjectChange, Plan, Refused } from './plan'
import type { Step } from './step'

/** What one goal's planning comes to, before it is ordered, timed and named. */
export type Draft = {
  steps: Step[]
  /** For the objects whose fields are known; others are told by their steps. */
  changes: ObjectChange[]
  losses: string[]
  notes: string[]
  wayBack: string
  level: Plan['level']
}

/** All reasons why there is no plan, at once. */
export type DraftResult = Draft | { refusals: Refused[] }

export const refused = (...refusals: Refused[]): { refusals: Refused[] } => ({ refusals })

/** Types of the Fit page's endpoint. */
import type { Change } from '@/lib/topology/change'
import type { FitQuestion, Unmet } from '@/lib/topology/fit/fitting'
import type { Problem } from '@/lib/topology/problem'
import type { RevisionSummary } from './contract'

/** GET /api/t/:t/fit?connection=&answers= (answers by question id, as JSON in the query) */
export type FitQuery = {
  /** Connection whose nodes are proposed first. */
  connection?: string
  answers: Record<string, string>
}

/** A machine that a topology can be fitted to is one of a connection that was tested. */
export type FitConnection = {
  id: string
  name: string
  /** UTC milliseconds of the reading; null: no test went through yet. */
  readAt: number | null
  /** Nodes that could not be read, with why. */
  trouble: { node: string; reason: string }[]
}

export type FitAnswer = {
  /** The head that was fitted, to be given as the parent when the fit is saved. */
  revision: RevisionSummary
  connections: FitConnection[]
  questions: FitQuestion[]
  changes: Change[]
  /** What was taken away or made smaller, in words. */
  took: string[]
  unmet: Unmet[]
  /** Of the fitted document. */
  problems: Problem[]
  /** The fitted document, comments kept. */
  text: string
}

/** Types of the endpoint that reads what runs into a drawing. */
import type { FoundGuest } from '@/lib/topology/adopt/adopt'
import type { Change } from '@/lib/topology/change'
import type { FitQuestion } from '@/lib/topology/fit/fitting'
import type { Problem } from '@/lib/topology/problem'
import type { RevisionSummary } from './contract'
import type { FitConnection } from './contract-fit'

/** GET /api/t/:t/adopt?connection=&answers= (answers as JSON in the query) */
export type AdoptQuery = {
  /** Whose machines are read; the first that was looked at if absent. */
  connection?: string
  /** By question id, and by a guest's key: `vm` or `unmanaged`. */
  answers: Record<string, string>
}

export type AdoptAnswer = {
  /** The head that was drawn into, to be given as the parent when the drawing is saved. */
  revision: RevisionSummary
  connections: FitConnection[]
  /** Whose machines were read; null where none was looked at. */
  connection: string | null
  found: FoundGuest[]
  questions: FitQuestion[]
  changes: Change[]
  /** Of the document with these changes. */
  problems: Problem[]
  /** The document with these changes, comments kept. */
  text: string
}

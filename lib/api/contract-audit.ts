import type { Json } from '@/lib/topology/change'

/** A piece of a sentence; with `href` it names an object that has a page. */
export type AuditWord = { text: string; href?: string }

/** One entry of the audit log, as the page shows it. */
export type AuditRow = {
  /** From 1, without holes; the newest is the highest. */
  seq: number
  /** UTC milliseconds. */
  at: number
  /** `from` is null for the panel's own machine and processes, and where the reader is no admin. */
  actor: { id: string | null; name: string; via: AuditVia; from: string | null }
  action: string
  outcome: 'done' | 'refused' | 'failed'
  object: { kind: string; id: string }
  topologyId: string | null
  /** `ada changed connection Lab: url`, without a full stop. */
  sentence: AuditWord[]
  before: Json | null
  after: Json | null
  note: string
}

export type AuditVia = 'browser' | 'phone' | 'token' | 'box' | 'panel' | 'provisioner'

/** What the audit page asks for; all optional, all in its URL. */
export type AuditQuery = {
  /** The name of who did it. */
  who?: string
  /** What stands before the dot of an action, such as `job`. */
  group?: string
  /**
   * `vms/k8s-worker-2`: an object of a topology as in its document; `job/<id>`, `connection/<id>`:
   * any other, by its kind.
   */
  object?: string
  topology?: string
  outcome?: AuditRow['outcome']
  /** UTC milliseconds; inclusive at both ends. */
  from?: number
  to?: number
  /** Stands in a name, an object, an action, a note, or in what was before and after. */
  q?: string
  /** Only entries with a lower number, for the next page. */
  before?: number
  limit?: number
}

/** GET /api/audit, GET /api/t/:t/audit: newest first. */
export type AuditAnswer = {
  rows: AuditRow[]
  /** Goes on from here with `before`; null: there is no more. Rows may be fewer than asked for. */
  next: number | null
}

/** The log as a whole, beside its first page. */
export type AuditLogState = {
  entries: number
  /** The newest entry: whoever writes it down can later tell whether the log before it was changed. */
  head: { seq: number; hash: string } | null
  check: AuditCheckAnswer | null
  /** Everybody who did something, by name, and every group of actions: what can be filtered by. */
  people: string[]
  groups: string[]
  topologies: string[]
}
/** GET /api/audit; the state of the log only where no `before` is given. */
export type AuditPageAnswer = AuditAnswer & { log: AuditLogState | null }

/** POST /api/audit/check, with a head that was written down, or without. */
export type AuditCheckRequest = { noted?: { seq: number; hash: string } }
export type AuditCheckAnswer = {
  /** UTC milliseconds when it began. */
  at: number
  /** First and last number that were looked at. */
  from: number
  to: number
  /** How many that are. */
  entries: number
  ok: boolean
  /** The first entry that is not as it was written, and what is wrong with it. */
  firstBad: { seq: number; why: string } | null
  /** What the log takes of the database with its indexes; null where only the newest were looked at. */
  bytes: number | null
}

/**
 * The HTTP contract as types only, so that the browser ships no schema. Paths are in `paths.ts`,
 * request schemas beside the routes' `route(...)` in `requests.ts` (server only).
 */
import type { JobEvent, JobOutcome, JobState, JobStatus } from '@/lib/jobs/journal'
import type { LogLine } from '@/lib/live/log-line'
import type { Observed, Seen } from '@/lib/plan/observed'
import type { Goal, Plan, PlanResult } from '@/lib/plan/plan'
import type { BlueprintId } from '@/lib/topology/blueprints/catalogue'
import type { Change, Json } from '@/lib/topology/change'
import type { Problem } from '@/lib/topology/problem'
import type { Unmanaged } from '@/lib/topology/rules/rule'
import type { Topology } from '@/lib/topology/topology'

/** Every refusal and failure of the API has this body. `message` is what - why - what to do. */
export type ApiError = {
  code: string
  message: string
  /** Faults of the input, each with its place. */
  issues?: { path: (string | number)[]; message: string; line?: number; column?: number }[]
  /** With 409 `revision.conflict`: what is the head now, and where both sides changed the same. */
  conflict?: { head: RevisionSummary; text: string; paths: MergeConflict[] }
}
/** One place that both sides of a merge changed, and what stood there before; null where it is absent. */
export type MergeConflict = {
  path: readonly string[]
  base: Json | null
  mine: Json | null
  theirs: Json | null
}

/** From the least: a member sees only the topologies that were shared with them. */
export type Role = 'member' | 'viewer' | 'operator' | 'editor' | 'admin'
export type Me = {
  id: string
  name: string
  /** What the person may everywhere ... */
  role: Role
  /** ... and, instead of it, on single topologies, by their id. */
  grants: Record<string, Role>
}

/** GET /api/session */
export type SessionAnswer = {
  me: Me | null
  /** The browser's own session; null when nobody is signed in. */
  session: {
    kind: 'browser' | 'phone'
    /** UTC milliseconds until which what needs a fresh sign-in goes through without asking again. */
    confirmedUntil: number
    expiresAt: number
  } | null
  needsSetup: boolean
  /** What the sign-in page offers beside name and password. */
  ways: { oidc: { name: string } | null; passwords: boolean }
  panel: { id: string; version: string }
}
/** POST /api/auth/sign-in; answers {@link SessionAnswer} and sets the session's cookie. */
export type SignInRequest = { name: string; password: string }
/** POST /api/setup; answers {@link SessionAnswer}, signed in as the first admin. */
export type SetupRequest = { token: string; name: string; password: string }

/** GET /api/topologies */
export type TopologySummary = {
  id: string
  name: string
  revision: number
  savedAt: number
  savedBy: string
  vms: number
  blockers: number
  warnings: number
  /** Revision that a finished job deployed last, null if none. */
  appliedRevision: number | null
}
/** POST /api/topologies; answers {@link TopologyHead}. */
export type CreateTopologyRequest =
  /** Dark Knight where none is named. */
  { from: 'blueprint'; id?: BlueprintId } | { from: 'text'; text: string }

/** Positions of items per lens; never part of the document. `lens -> item id -> {x, y}` */
export type Layout = Record<string, Record<string, { x: number; y: number }>>

/** GET /api/t/:t */
export type TopologyHead = {
  id: string
  name: string
  revision: RevisionSummary
  text: string
  /** The value inside `text`, so that pages which only read need no parser. */
  document: Topology
  problems: Problem[]
  /** What stands beside it on the same machines and wires, which `problems` count as well. */
  unmanaged?: Unmanaged
  layout: Layout
  appliedRevision: number | null
  /** The connections that its hosts name. */
  connections: ConnectionSummary[]
}
export type RevisionSummary = {
  number: number
  parent: number | null
  hash: string
  at: number
  author: string
  message: string
  /** False when the document has blockers. */
  deployable: boolean
}
/** GET /api/t/:t/revisions/:n; `document` is the value inside `text`, `changes` are against the parent. */
export type Revision = RevisionSummary & { text: string; document: Topology; changes: Change[] }
/** POST /api/t/:t/revisions. 409 `revision.conflict` with the head if `parent` is not it and the merge conflicts. */
export type SaveRequest = { text: string; parent: number; message: string }
export type SaveAnswer = {
  revision: RevisionSummary
  text: string
  problems: Problem[]
  merged: boolean
}
/** POST /api/t/:t/restore */
export type RestoreRequest = { revision: number; parent: number }

/** GET /api/t/:t/plan?goal=... (JSON in the query) */
export type PlanAnswer = { result: PlanResult; observedAt: number | null; headRevision: number }
/** POST /api/t/:t/jobs. 409 `plan.stale` if the plan's hash is another now. */
export type StartJobRequest = {
  goal: Goal
  revision: number
  planHash: string
} & Confirmation
/** What level 3 costs beside a press. */
export type Confirmation = {
  /** The topology's or object's name, typed. */
  typedName?: string
}
export type StartJobAnswer = { jobId: string }
/** POST /api/t/:t/errands */
export type ErrandRequest = { kind: 'refresh' }

/** GET /api/t/:t/observed */
export type ObservedAnswer = { observed: Observed | null }

export type JobKind =
  | 'deploy'
  | 'adopt'
  | 'firewall'
  | 'rebuild'
  | 'start'
  | 'stop'
  | 'restart'
  | 'destroy'
  | 'refresh'
  | 'test-connection'
/** GET /api/jobs?topology=&status=&kind=&before=&limit= : newest first; `before` is a job's id. */
export type JobSummary = {
  id: string
  kind: JobKind
  title: string
  topologyId: string | null
  connectionId: string | null
  revision: number | null
  status: JobStatus
  outcome: JobOutcome | null
  by: string
  queuedAt: number
  startedAt: number | null
  endedAt: number | null
  stepsDone: number
  stepsTotal: number
  /** Milliseconds left by estimate while running. */
  leftMs: number | null
  /** While queued: its place from 1 and what it waits for. */
  queue: { position: number; reason: string } | null
  error: { code: string; message: string } | null
}
/** GET /api/jobs/:id */
export type JobDetail = {
  job: JobSummary
  state: JobState
  plan: Plan | null
  events: JobEvent[]
  lines: number
}
/** POST /api/jobs/:id/:action with this; answers JobSummary. */
export type JobActionRequest = {
  /** Skip: why; kept in the journal. */
  reason?: string
  /** Approve: of the plan that was looked at. 409 `plan.stale` if the job has another one. */
  planHash?: string
} & Confirmation
export type JobAction = 'cancel' | 'retry' | 'approve' | 'skip'
/** GET /api/jobs/:id/log?after=&limit= : lines with n > after, at most limit. */
export type LogAnswer = { lines: LogLine[]; last: number }

export type ConnectionSummary = {
  id: string
  name: string
  kind: 'proxmox'
  url: string
  /** `user@realm!token`; its secret is never answered. */
  tokenId: string
  /** Marked by data: certificate subject and node name say so. */
  lab: boolean
  fingerprint: string | null
  /** PEM of the authority whose certificates count where no fingerprint is pinned. */
  caPem: string | null
  /** Other nodes of the same cluster, asked in this order where the first cannot be reached. */
  others: OtherNode[]
  /** How guests are reached. */
  dialer:
    | { kind: 'direct' }
    | { kind: 'socks5'; host: string; port: number }
    | { kind: 'ssh-jump'; host: string; port: number; user: string }
  helmPath: string
  state: Seen<{
    version: string
    nodes: string[]
    missingPrivileges: string[]
    excessPrivileges: string[]
    /** Absent in a test of an earlier version. */
    areas?: ConnectionAreas
  }> & {
    /** What it showed at the last test, accepted or not; absent while it never answered. */
    certificate?: {
      fingerprint: string
      subject: string
      issuer: string
      validTo: string
      /** Whether the panel's own machine vouches for it, so that no pin is needed. */
      trusted: boolean
    }
    /** What the last test found at each address, the first one first; absent while there is one only. */
    addresses?: SeenAddress[]
  }
}
/**
 * Areas of lib/proxmox/privileges beside VMs. `drawn`: Deploy of some topology works there, so their
 * privileges are needed; `held`: the token may, which nothing drawn asks for.
 */
export type ConnectionAreas = { drawn: string[]; held: string[] }
/** Where another node of the same cluster answers, and the certificate accepted there. */
export type OtherNode = { url: string; fingerprint: string | null }
/** `reason`: why it is not used; null: it answered and showed what it must. */
export type SeenAddress = {
  url: string
  reason: string | null
  /** What it showed; null if it did not answer. */
  certificate: NonNullable<ConnectionSummary['state']['certificate']> | null
}
/** POST /api/connections, PATCH /api/connections/:id */
export type ConnectionRequest = {
  name: string
  url: string
  tokenId: string
  /** Absent on PATCH: unchanged. Sealed at once, never answered. */
  tokenSecret?: string
  fingerprint?: string | null
  caPem?: string | null
  /** All of them; absent on PATCH: unchanged. */
  others?: OtherNode[]
  dialer?: ConnectionSummary['dialer']
  helmPath?: string
}
/** GET /api/connections */
export type ConnectionsAnswer = ConnectionSummary[]
/** POST /api/connections/:id/test: version, nodes, privileges and the certificate it shows, for a person to compare and accept. Runs as an errand. */
export type TestConnectionAnswer = { jobId: string }

/** GET /api/status: the answer first. */
export type StatusAnswer = {
  at: number
  level: 'ok' | 'work' | 'warn' | 'fail' | 'unknown'
  sentence: string
  /** What it takes along, what still works, since when, can it wait. */
  causes: {
    level: 'warn' | 'fail' | 'unknown'
    sentence: string
    takes: string[]
    since: number | null
    canWait: string
    action: { label: string; href: string } | null
  }[]
  works: string[]
  running: { jobId: string; title: string; leftMs: number | null; step: string | null }[]
  waiting: { jobId: string; title: string }[]
  topologies: {
    id: string
    name: string
    lab: boolean
    observedAt: number | null
    vms: { total: number; running: number; unknown: number }
    nodes: { total: number; ready: number; unknown: number }
    addOns: { total: number; well: number; unknown: number }
  }[]
}

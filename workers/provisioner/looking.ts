import { canonicalJson } from '@/lib/base/canonical-hash'
import { type KnownSecrets, maskReasons } from '@/lib/base/mask'
import type { Db } from '@/lib/db/client'
import { readDurations } from '@/lib/db/durations'
import { findObserved, putObserved } from '@/lib/db/observations'
import { findRevision, toStored } from '@/lib/db/revisions'
import { readSecretVersions } from '@/lib/db/secret-list'
import { problemsBeside, unmanagedAround } from '@/lib/db/strangers'
import type { PlanContext } from '@/lib/plan/context'
import type { Observed } from '@/lib/plan/observed'
import type { Secrets } from '@/lib/steps/handler'
import { observe } from '@/lib/steps/observe'
import type { Problem } from '@/lib/topology/problem'
import type { Topology } from '@/lib/topology/topology'
import type { Reach } from './reach'
import type { Tell } from './tell'

/** An observation that did not change is written anyway after so long, so that its age stays honest. */
const REWRITE_MS = 5 * 60_000

export type Looking = {
  db: Db
  panelId: string
  reach: Reach
  secrets: Secrets
  known: KnownSecrets
  tell: Tell
  now(): number
}

export type Looked = {
  topology: Topology
  problems: Problem[]
  observed: Observed
  context: PlanContext & { problems: Problem[] }
}

/**
 * Reads the world of a topology as of one of its revisions (the head if not given), stores it if
 * something that matters changed, and answers it with what planning needs.
 */
export async function lookAt(
  looking: Looking,
  topologyId: string,
  { signal, revision }: { signal: AbortSignal; revision?: number },
): Promise<Looked> {
  const { db, panelId, reach, secrets, now } = looking
  const stored = toStored(await findRevision(db, topologyId, revision))
  const { topology } = stored
  const connections = await db.connection.findMany({ select: { id: true } })
  const context = {
    ...{ topologyId, panelId },
    revision: stored.revision.number,
    durations: await readDurations(db),
    secretVersions: await readSecretVersions(db, topologyId),
    connections: connections.map(({ id }) => id),
    now: now(),
  }
  const before = await findObserved(db, topologyId)
  const seen = await observe(topology, context, { ...reach, secrets, signal, now }, before)
  const observed = maskReasons(looking.known, seen)
  await keep(looking, topologyId, before, observed)
  // By what was read just now: whoever took an address since the approval is in the way.
  const problems = problemsBeside(
    topology,
    await unmanagedAround(db, topologyId, topology, observed),
  )
  return { topology, problems, observed, context: { ...context, problems } }
}

async function keep(
  { db, tell }: Looking,
  topologyId: string,
  before: Observed | null,
  observed: Observed,
): Promise<void> {
  const old = before === null || observed.at - before.at > REWRITE_MS
  if (!old && settled(before) === settled(observed)) return
  await putObserved(db, topologyId, observed)
  tell('observed', { topologyId, at: observed.at })
}

/** What counts as a change: not ages, loads and uptimes, which change at every look. */
function settled(observed: Observed): string {
  const calm = JSON.stringify(observed, (key, value) => (RESTLESS.has(key) ? undefined : value))
  return canonicalJson(JSON.parse(calm))
}

const RESTLESS = new Set(['at', 'since', 'uptimeS', 'cpuLoad', 'memoryUsedMib', 'usedGib'])

import { PanelError } from '@/lib/base/errors'
import type { Db } from '@/lib/db/client'
import type { Log } from '@/lib/io/log'
import { wantedCluster } from '@/lib/plan/cluster/wanted'
import type { ClusterRef } from '@/lib/plan/step'
import { type Looked, type Looking, lookAt } from './looking'
import { watchClusters } from './watch-clusters'

/** A topology that could be read whole is looked at so often. Writes only what changed (SD cards). */
const EVERY_MS = 30_000
/** One that is new, or whose host does not answer, as while a lab or a Proxmox still starts. */
const SOON_MS = 5_000
const TICK_MS = 2_500
/** A cluster in which something changes all the time, as while one is built, is looked at so often. */
const CALM_MS = 5_000

/**
 * Looks at all topologies that name a connection of the panel, one after the other, again and
 * again; and at once when a cluster of one tells that something changed in it.
 */
export function watchTopologies(
  looking: Looking,
  log: Log,
  /** How long a topology that was read whole is left alone unless its cluster tells of a change. */
  everyMs = EVERY_MS,
): { stop(): Promise<void> } {
  const controller = new AbortController()
  const { signal } = controller
  const due = new Map<string, number>()
  const lookedAt = new Map<string, number>()
  let round: Promise<void> | null = null

  const clusters = watchClusters({
    kubernetes: (ref) => looking.reach.kubernetes(ref),
    onChange: (topologyId) => {
      const at = Math.max(looking.now(), (lookedAt.get(topologyId) ?? 0) + CALM_MS)
      due.set(topologyId, Math.min(at, due.get(topologyId) ?? at))
      go()
    },
    onEnd: (ref, error) => {
      if (error instanceof PanelError) log(`${ref.name} is not watched: ${error.message}`)
      else logBug(log, error)
    },
  })

  const lookAtDue = async () => {
    for (const topologyId of await connectedTopologies(looking.db)) {
      if (signal.aborted) return
      if ((due.get(topologyId) ?? 0) > looking.now()) continue
      // Before the look, so that a change that comes during it is looked at once more.
      lookedAt.set(topologyId, looking.now())
      due.set(topologyId, looking.now() + everyMs)
      const looked = await lookQuietly(looking, topologyId, signal, log)
      if (signal.aborted) return
      if (!isWhole(looked)) due.set(topologyId, looking.now() + SOON_MS)
      clusters.keep(topologyId, looked === null ? [] : presentClusters(looked))
    }
  }
  const go = () => {
    round ??= lookAtDue()
      .catch((error: unknown) => logBug(log, error))
      .finally(() => {
        round = null
      })
  }
  const timer = setInterval(go, TICK_MS)
  return {
    async stop() {
      clearInterval(timer)
      controller.abort()
      clusters.stop()
      await round
    },
  }
}

async function connectedTopologies(db: Db): Promise<string[]> {
  const hosts = await db.host.findMany({
    where: { connectionId: { not: null } },
    select: { topologyId: true },
    distinct: ['topologyId'],
  })
  return hosts.map((host) => host.topologyId)
}

/** Clusters that are there, as they are reached; one that does not answer is seen when it does again. */
const presentClusters = ({ topology, context, observed }: Looked): ClusterRef[] =>
  Object.entries(observed.clusters).flatMap(([id, seen]) => {
    const wanted = seen.state !== 'absent' ? wantedCluster(topology, context, id, seen) : null
    return wanted ? [wanted.ref] : []
  })

/** Whether every host could be read. */
const isWhole = (looked: Looked | null): boolean =>
  looked !== null && Object.values(looked.observed.hosts).every((host) => host.state === 'known')

/** Null if it could not be looked at: what went wrong is logged, the next round comes anyway. */
async function lookQuietly(
  looking: Looking,
  topologyId: string,
  signal: AbortSignal,
  log: Log,
): Promise<Looked | null> {
  try {
    return await lookAt(looking, topologyId, { signal })
  } catch (error) {
    if (signal.aborted) return null
    if (error instanceof PanelError) log(`${topologyId} could not be looked at: ${error.message}`)
    else logBug(log, error)
    return null
  }
}

const logBug = (log: Log, error: unknown) =>
  log(error instanceof Error ? (error.stack ?? error.message) : String(error))

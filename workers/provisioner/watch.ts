import { PanelError } from '@/lib/base/errors'
import type { Db } from '@/lib/db/client'
import type { Log } from '@/lib/io/log'
import { type Looking, lookAt } from './looking'

/** A topology that could be read whole is looked at so often. Writes only what changed (SD cards). */
const EVERY_MS = 30_000
/** One that is new, or whose host does not answer, as while a lab or a Proxmox still starts. */
const SOON_MS = 5_000
const TICK_MS = 2_500

/** Looks at all topologies that name a connection of the panel, one after the other, again and again. */
export function watchTopologies(looking: Looking, log: Log): { stop(): Promise<void> } {
  const controller = new AbortController()
  const { signal } = controller
  const due = new Map<string, number>()
  let round: Promise<void> | null = null

  const lookAtDue = async () => {
    for (const topologyId of await connectedTopologies(looking.db)) {
      if (signal.aborted) return
      if ((due.get(topologyId) ?? 0) > looking.now()) continue
      const whole = await lookQuietly(looking, topologyId, signal, log)
      due.set(topologyId, looking.now() + (whole ? EVERY_MS : SOON_MS))
    }
  }
  const timer = setInterval(() => {
    round ??= lookAtDue()
      .catch((error: unknown) => logBug(log, error))
      .finally(() => {
        round = null
      })
  }, TICK_MS)
  return {
    async stop() {
      clearInterval(timer)
      controller.abort()
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

/** Whether every host could be read. What went wrong is logged: the next round comes anyway. */
async function lookQuietly(
  looking: Looking,
  topologyId: string,
  signal: AbortSignal,
  log: Log,
): Promise<boolean> {
  try {
    const { observed } = await lookAt(looking, topologyId, { signal })
    return Object.values(observed.hosts).every((host) => host.state === 'known')
  } catch (error) {
    if (signal.aborted) return false
    if (error instanceof PanelError) log(`${topologyId} could not be looked at: ${error.message}`)
    else logBug(log, error)
    return false
  }
}

const logBug = (log: Log, error: unknown) =>
  log(error instanceof Error ? (error.stack ?? error.message) : String(error))

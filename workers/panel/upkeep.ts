import { randomInt } from 'node:crypto'
import type { Panel } from '@/lib/auth/panel'
import { startUpkeep, type Upkeep } from '@/lib/db/upkeep'
import { doWork } from './do-work'

/** Panels that share a disk spread over so long, in milliseconds. */
const JITTER_MS = 5 * 60_000

/** {@link startUpkeep} with this process's clock and timers. The first look is yet to be taken. */
export function startPanelUpkeep(
  { db, dataDir, version, log, now }: Pick<Panel, 'db' | 'dataDir' | 'version' | 'log' | 'now'>,
  fixedFolder: string | null,
): Upkeep {
  return startUpkeep({
    ...{ db, dataDir, version, log, now, doWork, fixedFolder },
    jitterMs: randomInt(JITTER_MS),
    later: (ms, call) => {
      const timer = setTimeout(call, ms)
      return () => clearTimeout(timer)
    },
  })
}

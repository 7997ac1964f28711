import { makeBackup } from '../backup-make'
import type { Db } from '../client'
import { startUpkeep, type Upkeep, type UpkeepParts } from '../upkeep'
import type { DoWork } from '../work'

/** Work in this very process; what no test asks for is not there. */
const workHere: DoWork = async (kind, ask) => {
  if (kind === 'backup') return makeBackup(ask as Parameters<typeof makeBackup>[0]) as never
  if (kind === 'check') return { fault: null } as never
  throw new Error(`no ${kind} in this test`)
}

/** Upkeep that looks when it is told to, and by itself never. */
export const tempUpkeep = (
  parts: { db: Db; dataDir: string; now(): number } & Partial<UpkeepParts>,
): Upkeep =>
  startUpkeep({
    ...{ version: '0.0.0', fixedFolder: null, jitterMs: 0, log: () => {}, doWork: workHere },
    later: () => () => {},
    ...parts,
  })

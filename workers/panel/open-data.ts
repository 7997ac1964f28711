import type http from 'node:http'
import { openPanel } from '@/lib/auth/open-panel'
import { checkLogs, judgeKeys, keysMismatch, markKeysProved } from '@/lib/db/data-check'
import { DataFolderTakenError, databaseIn, takeDataFolder } from '@/lib/db/data-folder'
import { migrate } from '@/lib/db/migrate'
import { finishRestore } from '@/lib/db/restore-swap'
import type { Config } from '@/lib/io/env'
import type { Log } from '@/lib/io/log'
import { doWork } from './do-work'
import { migrationsDir } from './place'
import { type Trouble, toTrouble } from './trouble'
import { makeTroubleServer } from './trouble-server'

type Opened = Awaited<ReturnType<typeof openPanel>>
type Undo = () => Promise<void>
export type OpenedData = { opened: Opened; undo: Undo[] }

type Opening = { config: Config; version: string; origin: string; log: Log }

/**
 * Opens the panel's data, and as long as they cannot be opened shows on `server` why and what to do,
 * until they can. Throws what no page would mend: a wrong start. `undo` closes again what was
 * opened, to be run from its end.
 */
export async function openDataSoon(server: http.Server, opening: Opening): Promise<OpenedData> {
  const { config, origin, log } = opening
  const page = makeTroubleServer(server, config.dataDir)
  let said = ''
  for (;;) {
    try {
      const data = await openData(opening)
      page.end()
      return data
    } catch (error) {
      const trouble = toTrouble(error, config) ?? (said === '' ? null : beingMended(error))
      if (!trouble) throw error
      // What passes by itself is looked at again and again, and told once.
      if (trouble.message !== said) {
        const stack = trouble.code === 'internal.bug' ? ` ${(error as Error).stack}` : ''
        log(`${trouble.message} [${trouble.code}]${stack}`)
        log(`not ready, see ${origin}`)
      }
      said = trouble.message
      await page.show(trouble)
    }
  }
}

/** Who looks again while a command at this machine mends the data waits for its end. */
const beingMended = (error: unknown): Trouble | null =>
  error instanceof DataFolderTakenError
    ? {
        code: error.code,
        message:
          'The data are being worked on - a restore or another command holds them, or another Drawbridge was started on them - wait for its end; it is looked at again by itself.',
        ...{ commands: [], backups: [], passes: true },
      }
    : null

/** Takes the folder, checks it, brings the database to this version, opens it. All or nothing. */
async function openData({ config, version, origin, log }: Opening): Promise<OpenedData> {
  const { dataDir } = config
  const undo: Undo[] = []
  try {
    const folder = takeDataFolder(dataDir)
    undo.push(async () => folder.release())
    if (finishRestore(dataDir)) log('the restore that was cut off is finished')
    const { applied, backup } = migrate(databaseIn(dataDir), migrationsDir, { version })
    if (applied.length > 0) log(`database: applied ${applied.join(', ')}`)
    if (backup) log(`database: the state before is kept as the backup ${backup}`)
    checkLogs(dataDir)
    if ((await judgeKeys(dataDir)) === 'unproved') await proveKeys(dataDir)
    const opened = await openPanel({ ...config, version, lanOrigin: origin, log })
    undo.push(async () => {
      opened.logs.close()
      await opened.db.$disconnect()
    })
    return { opened, undo }
  } catch (error) {
    for (const each of undo.reverse()) await each()
    throw error
  }
}

/** One secret that is damaged is no reason not to start; a key that opens none of them is. */
async function proveKeys(dataDir: string): Promise<void> {
  const { unreadable, stored } = await doWork('prove-keys', { dataDir })
  if (stored > 0 && unreadable.length === stored) throw keysMismatch(dataDir)
  await markKeysProved(dataDir)
}

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { pages } from '@/lib/api/paths'
import { openPanel } from '@/lib/auth/open-panel'
import { offerPanel } from '@/lib/auth/panel'
import { setupToken } from '@/lib/auth/setup-token'
import { databaseIn, takeDataFolder } from '@/lib/db/data-folder'
import { migrate } from '@/lib/db/migrate'
import { type Config, parseConfig, toEnv } from '@/lib/io/env'
import { logAs } from '@/lib/io/log'
import { announceWayIn } from './announce'
import { endOnSignal } from './end-on-signal'
import { faultLine } from './fault-line'
import { startLive } from './panel-live'
import { migrationsDir, root } from './place'
import { startWeb } from './web'
import { startWorkers } from './workers'

const log = logAs('panel')

/**
 * Takes the folder and the port, migrates, opens the pages, starts the workers, in this order, and
 * says the URL. At the end of the process everything is undone in reverse.
 */
async function run(config: Config): Promise<void> {
  // What the panel and its workers write is for this user alone.
  process.umask(0o077)
  Object.assign(process.env, toEnv(config))
  let ready = false
  const ending = endOnSignal(log)
  const folder = takeDataFolder(config.dataDir)
  ending.push(async () => folder.release())
  const web = await startWeb(config, () => ready, log)
  ending.push(web.close)

  migrateData(config.dataDir)
  const opened = await openPanel({ ...config, version: versionOf(), log })
  ending.push(async () => {
    opened.logs.close()
    await opened.db.$disconnect()
  })
  const { live, close: closeLive } = startLive(web.server, opened)
  ending.push(closeLive)
  const workers = await startWorkers({ ...opened, live }, config.lab)
  ending.push(workers.stop)
  offerPanel({ ...opened, live, wake: workers.wake, ask: workers.ask })
  await web.openPages()

  ready = true
  announceWayIn(config, web, { log, terminal: process.stdout.isTTY ? process.stdout : null })
  const token = await setupToken(opened.db)
  if (token) log(`make the first account (the link works once): ${web.origin}${pages.setup(token)}`)
  log(`ready at ${web.origin}`)
}

function migrateData(dataDir: string): void {
  const { applied, backup } = migrate(databaseIn(dataDir), migrationsDir)
  if (applied.length > 0) log(`database: applied ${applied.join(', ')}`)
  if (backup) log(`database: the state before is kept in ${backup}`)
}

function versionOf(): string {
  return JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version
}

function refuse(error: unknown, config: Config | null): never {
  const line = config ? faultLine(error, config) : error instanceof Error ? error.message : null
  process.stderr.write(`${line ?? (error instanceof Error ? error.stack : String(error))}\n`)
  process.exit(1)
}

let config: Config | null = null
try {
  config = parseConfig(process.env, process.argv.slice(2))
  await run(config)
} catch (error) {
  refuse(error, config)
}

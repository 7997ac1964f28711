import { readFileSync } from 'node:fs'
import path from 'node:path'
import { pages } from '@/lib/api/paths'
import { offerPanel } from '@/lib/auth/panel'
import { setupToken } from '@/lib/auth/setup-token'
import { type Config, parseConfig, toEnv } from '@/lib/io/env'
import { logAs } from '@/lib/io/log'
import { announceWayIn } from './announce'
import { checkAuditAtStart } from './audit-at-start'
import { endOnSignal } from './end-on-signal'
import { faultLine } from './fault-line'
import { openDataSoon } from './open-data'
import { panelConsoles } from './panel-consoles'
import { startLive } from './panel-live'
import { root } from './place'
import { startPanelUpkeep } from './upkeep'
import { startWeb } from './web'
import { startWorkers } from './workers'

const log = logAs('panel')

/**
 * Takes the port, opens the data (and while that cannot be, shows why), starts the workers, opens
 * the pages, in this order, and says the URL. At the end of the process everything is undone in
 * reverse.
 */
async function run(config: Config): Promise<void> {
  // What the panel and its workers write is for this user alone.
  process.umask(0o077)
  Object.assign(process.env, toEnv(config))
  let ready = false
  const ending = endOnSignal(log)
  const web = await startWeb(config, () => ready, log)
  ending.push(web.close)
  const opening = { config, version: versionOf(), origin: web.origin, log }
  const { opened, undo } = await openDataSoon(web.server, opening)
  ending.push(...undo)
  await web.renew()
  const consoles = panelConsoles(opened, () => ({ live, workers }))
  const { live, close: closeLive } = startLive(web.server, opened, consoles)
  ending.push(closeLive)
  const workers = await startWorkers({ ...opened, live }, consoles, config.lab)
  ending.push(workers.stop)
  const upkeep = startPanelUpkeep(opened, config.backupDir)
  ending.push(async () => upkeep.stop())
  offerPanel({ ...opened, live, upkeep, consoles, wake: workers.wake, ask: workers.ask })
  await web.openPages()

  await checkAuditAtStart(opened.db, Date.now(), log)
  ready = true
  announceWayIn(config, web, { log, terminal: process.stdout.isTTY ? process.stdout : null })
  const token = await setupToken(opened.db)
  if (token) log(`make the first account (the link works once): ${web.origin}${pages.setup(token)}`)
  log(`ready at ${web.origin}`)
  await upkeep.look()
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

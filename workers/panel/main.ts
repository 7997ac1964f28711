import { existsSync } from 'node:fs'
import { Server } from 'socket.io'
import { pages } from '@/lib/api/paths'
import { takeDataFolder } from '@/lib/db/data-folder'
import { type Config, parseConfig, toEnv } from '@/lib/io/env'
import { logAs } from '@/lib/io/log'
import type { ClientMessages, ServerMessages } from '@/lib/live/contract'
import type { ToPanel } from '../ipc'
import { faultLine } from './fault-line'
import { openData } from './open-data'
import { originOf } from './origin'
import { programOf } from './place'
import { type Supervised, supervise } from './supervise'
import { startWeb } from './web'

/** Everything ends within ten seconds of a signal; a child that hangs is killed after this. */
const KILL_AFTER_MS = 5000

const log = logAs('panel')

/** Listens, migrates, opens the pages, starts the workers, in this order, and says the URL. */
async function run(config: Config): Promise<void> {
  // What the panel and its workers write is for this user alone.
  process.umask(0o077)
  Object.assign(process.env, toEnv(config))
  let ready = false
  const folder = takeDataFolder(config.dataDir)
  const web = await startWeb(config, () => ready)
  let closeDb = async () => {}
  const children = new Map<string, Supervised>()
  const io = new Server<ClientMessages, ServerMessages>(web.server, { serveClient: false })
  endOnSignal(async () => {
    ready = false
    await Promise.all([...children.values()].map((child) => child.stop(KILL_AFTER_MS)))
    await io.close()
    await web.close()
    await closeDb()
    folder.release()
  })

  const { db, token } = await openData(config.dataDir, log)
  closeDb = () => db.$disconnect()
  await web.openPages()

  const tell = (message: ToPanel) => {
    if (message.type === 'failed') log(message.message)
    if (message.type !== 'tell') return
    const { event, message: told } = message
    const room = 'jobId' in told && event !== 'jobs-changed' ? io.to(`job:${told.jobId}`) : io
    ;(room.emit as (event: string, message: unknown) => void)(event, told)
  }
  for (const name of config.lab ? ['lab', 'provisioner'] : ['provisioner']) {
    const file = programOf(name)
    if (!existsSync(file)) continue
    children.set(name, supervise({ name, file, env: process.env, onMessage: tell, log }))
  }
  ready = true
  const origin = originOf(config, web.port)
  if (token) log(`make the first account (the link works once): ${origin}${pages.setup(token)}`)
  log(`ready at ${origin}`)
}

/** Runs `end` at the first signal, then exits; a second signal does not wait. */
function endOnSignal(end: () => Promise<void>): void {
  let ending = false
  const onSignal = (signal: string) => {
    if (ending) process.exit(1)
    ending = true
    log(`${signal}: ending`)
    end().then(
      () => process.exit(0),
      (error) => {
        log(String(error?.stack ?? error))
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal)
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

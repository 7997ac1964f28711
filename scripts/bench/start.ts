import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startPanel } from '@/e2e/support/panel'
import { type Bench, type Measured, measured } from './bench'
import { deployDarkKnight } from './start/deploy'
import { pssMib, writtenMib } from './start/processes'

const root = path.resolve(import.meta.dirname, '../..')
const SETTLE_MS = 120_000
const IDLE_MS = 600_000
const DAY_MS = 86_400_000

/** `npm start` in `folder` to the first page answered, in seconds; the panel is ended then. */
async function startSeconds(folder: string): Promise<number> {
  const began = performance.now()
  const child = spawn('npm', ['start'], {
    cwd: folder,
    detached: true,
    env: { ...process.env, PORT: '0', LAB_PORT: '0', DRAWBRIDGE_DATA: path.join(folder, 'data') },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await readyUrl(child)
  await (await fetch(url)).text()
  const seconds = (performance.now() - began) / 1000
  const ended = new Promise((resolve) => child.once('exit', resolve))
  process.kill(-(child.pid ?? 0), 'SIGTERM')
  await ended
  return seconds
}

function readyUrl(child: ChildProcess): Promise<string> {
  let text = ''
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (piece) => {
      text += piece
      const url = /ready at (http\S+)/.exec(text)?.[1]
      if (url) resolve(url)
    })
    child.once('exit', (code) => reject(new Error(`npm start ended (${code}):\n${text}`)))
  })
}

/** A fresh clone of the commit; the later starts in it are the warm ones. */
async function starts(): Promise<{ fresh: number; warm: number[] }> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'drawbridge-bench-'))
  try {
    spawnSync('git', ['clone', '--quiet', root, folder], { stdio: 'inherit' })
    const fresh = await startSeconds(folder)
    const warm: number[] = []
    for (let run = 0; run < 3; run++) warm.push(await startSeconds(folder))
    return { fresh, warm }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Quiet = { pss: Measured; deployWrites: Measured; idleWrites: Measured }

/** A whole deploy on the lab, then the panel left alone with one browser's socket. */
async function afterDeploy(): Promise<Quiet> {
  const panel = await startPanel()
  try {
    const before = writtenMib(panel.pid)
    const { jobId, close } = await deployDarkKnight(panel)
    const deployed = writtenMib(panel.pid) - before
    await wait(SETTLE_MS)
    const { total, note } = pssMib(panel.pid)
    const idleFrom = writtenMib(panel.pid)
    await wait(IDLE_MS)
    const idle = ((writtenMib(panel.pid) - idleFrom) * DAY_MS) / IDLE_MS
    close()
    return {
      pss: measured([total], 0, note),
      deployWrites: measured([deployed], 1, `job ${jobId}, panel and provisioner`),
      idleWrites: measured([idle], 1, 'from 10 min, scaled to a day'),
    }
  } finally {
    await panel.remove()
  }
}

/** The figures of one measurement that takes long are taken once and shared. */
function once<T>(measure: () => Promise<T>): () => Promise<T> {
  let taken: Promise<T> | null = null
  return () => {
    taken ??= measure()
    return taken
  }
}
const startsOnce = once(starts)
const quietOnce = once(afterDeploy)

export const benches: Bench[] = [
  {
    name: 'start.fresh_s',
    unit: 's',
    run: async () => measured([(await startsOnce()).fresh], 1, 'npm cache as it was'),
  },
  { name: 'start.warm_s', unit: 's', run: async () => measured((await startsOnce()).warm, 2) },
  { name: 'start.idle_pss_mib', unit: 'MiB', run: async () => (await quietOnce()).pss },
  {
    name: 'start.deploy_writes_mib',
    unit: 'MiB',
    run: async () => (await quietOnce()).deployWrites,
  },
  {
    name: 'start.idle_writes_mib_day',
    unit: 'MiB',
    run: async () => (await quietOnce()).idleWrites,
  },
]

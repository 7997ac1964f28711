import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** How long a start may take on a busy machine of two cores, in milliseconds. */
const START_MS = 60_000
/** What the panel promises to need for its end, and a little. */
const END_MS = 12_000

/** A panel of the current build as a process of its own, with a data folder of its own. */
export type TestPanel = {
  /** Its origin, such as `http://127.0.0.1:40123`. */
  url: string
  /** The one-time link for the first account; null once there is one. */
  setupLink: string | null
  dataDir: string
  pid: number
  /** Everything that it printed so far. */
  output(): string
  /** SIGTERM; resolves with the exit code when it is gone. The data stay. */
  stop(): Promise<number | null>
  /** SIGKILL, as a power cut would. */
  kill(): Promise<void>
  /** Stops it and removes its data. */
  remove(): Promise<void>
}

/**
 * Starts `node dist/panel.mjs` on any free port, with the lab on any free ports, and waits until it
 * says that it is ready. Throws with all that it printed when it ends before that.
 */
export async function startPanel(
  options: { dataDir?: string; env?: Record<string, string> } = {},
): Promise<TestPanel> {
  const dataDir = options.dataDir ?? mkdtempSync(path.join(os.tmpdir(), 'drawbridge-e2e-'))
  const child = spawn(process.execPath, [path.join(root, 'dist', 'panel.mjs')], {
    cwd: os.tmpdir(),
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: '0',
      LAB: 'on',
      LAB_PORT: '0',
      DRAWBRIDGE_DATA: dataDir,
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { url, output } = await readyOf(child)
  const end = (signal: NodeJS.Signals) => endOf(child, signal)
  const stop = () => end('SIGTERM')
  return {
    url,
    setupLink: /first account.*?(http\S+\/setup#\S+)/.exec(output())?.[1] ?? null,
    dataDir,
    pid: child.pid ?? 0,
    output,
    stop,
    kill: async () => {
      await end('SIGKILL')
    },
    remove: async () => {
      await stop()
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    },
  }
}

function readyOf(child: ChildProcess): Promise<{ url: string; output: () => string }> {
  let text = ''
  const output = () => text
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`The panel ${why}. It printed:\n${text}`))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      fail(`was not ready after ${START_MS} ms`)
    }, START_MS)
    const onText = (piece: Buffer) => {
      text += piece.toString()
      const url = /ready at (http\S+)/.exec(text)?.[1]
      if (!url) return
      clearTimeout(timer)
      resolve({ url, output })
    }
    child.stdout?.on('data', onText)
    child.stderr?.on('data', onText)
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      fail(`ended (${signal ?? `code ${code}`}) before it was ready`)
    })
  })
}

function endOf(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode)
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`The panel did not end within ${END_MS} ms of ${signal}.`))
    }, END_MS)
    child.once('exit', (code) => {
      clearTimeout(timer)
      resolve(code)
    })
    child.kill(signal)
  })
}

import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { build } from 'esbuild'

/** For tests: a process that stands in for the panel and keeps one provisioner as its child. */
export type Child = {
  /** SIGKILL to the provisioner itself; it is gone when this resolves. */
  kill(): Promise<void>
  /** At once, without waiting: for a kill inside a request that it is waiting for. */
  killNow(): void
  /** SIGKILL to the panel; the provisioner has to notice and end by itself. */
  killPanel(): Promise<void>
}

const FILE = path.resolve('node_modules/.cache/drawbridge/provisioner-under-test.mjs')

/** Bundles the provisioner once for a suite: it starts in a fraction of the time. */
export async function bundleProvisioner(): Promise<void> {
  await build({
    entryPoints: [path.resolve('workers/provisioner/main.ts')],
    outfile: FILE,
    alias: { '@': path.resolve('.') },
    ...{ bundle: true, packages: 'external', platform: 'node', format: 'esm', target: 'node20' },
    logLevel: 'warning',
  })
}

const PANEL = `
  const child = require('node:child_process').fork(process.argv[1], { stdio: 'inherit' })
  child.on('spawn', () => process.stdout.write('pid ' + child.pid + '\\n'))
  child.on('exit', () => process.exit(0))
`

/** Starts both on a data folder; what they print is kept for a failing test's output. */
export async function startChild(dataDir: string, output: string[]): Promise<Child> {
  const panel = spawn(process.execPath, ['-e', PANEL, FILE], {
    env: { ...process.env, DRAWBRIDGE_DATA: dataDir, LAB: 'off' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<void>((resolve) => panel.once('exit', () => resolve()))
  const pid = await pidOf(panel, output)
  const killNow = () => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  }
  return {
    killNow,
    async kill() {
      killNow()
      await exited
    },
    async killPanel() {
      panel.kill('SIGKILL')
      await exited
    },
  }
}

/** The provisioner's process id, once it has one. */
function pidOf(panel: ChildProcess, output: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    panel.once('exit', () => reject(new Error(output.join(''))))
    let said = ''
    const keep = (chunk: Buffer) => {
      output.push(chunk.toString())
      said += chunk.toString()
      const found = /^pid (\d+)$/m.exec(said)
      if (found) resolve(Number(found[1]))
    }
    panel.stdout?.on('data', keep)
    panel.stderr?.on('data', keep)
  })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    // ESRCH: it has ended already.
    return false
  }
}

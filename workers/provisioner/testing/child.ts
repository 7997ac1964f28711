import { type ChildProcess, fork } from 'node:child_process'
import path from 'node:path'

/** For tests: the provisioner as the process that it is in a panel. */
export type Child = {
  process: ChildProcess
  /** SIGKILL, and gone when this resolves. */
  kill(): Promise<void>
  wake(): void
}

/** Starts it on a data folder; what it prints is kept for a failing test's output. */
export function startChild(dataDir: string, output: string[]): Child {
  const child = fork(path.resolve('workers/provisioner/main.ts'), {
    env: { ...process.env, DRAWBRIDGE_DATA: dataDir, LAB: 'off' },
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => output.push(chunk.toString()))
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    process: child,
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
    wake() {
      if (child.connected) child.send({ type: 'wake' })
    },
  }
}

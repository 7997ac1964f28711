import { type ChildProcess, fork } from 'node:child_process'
import type { Log } from '@/lib/io/log'
import type { ToPanel } from '../ipc'

/** The wait before a restart doubles from the first to the last while a child keeps dying young. */
const BACK_OFF_MS = { first: 200, last: 10_000 }
/** A child that lived this long is well: its next restart is quick again. */
const WELL_AFTER_MS = 30_000

export type Supervised = {
  /** Sends if the child is up and says whether; what was queued meanwhile it finds when it starts. */
  send(message: object): boolean
  /** SIGTERM, then SIGKILL after `killAfterMs`. Resolves when the process is gone. */
  stop(killAfterMs: number): Promise<void>
  /** The child's process id, null between two lives. */
  pid(): number | null
}

/**
 * Keeps one program running as a child with a channel: when it ends unasked it is started again,
 * after a growing wait. The child has to end by itself on `disconnect`, which is how it learns that
 * this process was killed.
 */
export function supervise(options: {
  name: string
  file: string
  env: NodeJS.ProcessEnv
  onMessage: (message: ToPanel) => void
  /** The child is gone, asked or unasked. */
  onEnd?: () => void
  log: Log
}): Supervised {
  const { name, file, env, onMessage, onEnd, log } = options
  let child: ChildProcess | null = null
  let timer: NodeJS.Timeout | null = null
  let waitMs = BACK_OFF_MS.first
  let stopping = false

  const start = () => {
    const began = performance.now()
    const started = fork(file, { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    child = started
    started.on('message', (message) => onMessage(message as ToPanel))
    started.on('error', (error) => log(`${name}: ${error.message}`))
    started.once('exit', (code, signal) => {
      child = null
      onEnd?.()
      if (stopping) return
      if (performance.now() - began > WELL_AFTER_MS) waitMs = BACK_OFF_MS.first
      log(`${name} ended (${signal ?? `code ${code}`}), starting it again in ${waitMs} ms`)
      timer = setTimeout(start, waitMs)
      waitMs = Math.min(waitMs * 2, BACK_OFF_MS.last)
    })
  }
  start()

  return {
    send: (message) => {
      // Refused by a channel that closed meanwhile; the child is about to be started anew.
      if (!child?.connected) return false
      child.send(message, (error) => error && log(`${name}: ${error.message}`))
      return true
    },
    stop: async (killAfterMs) => {
      stopping = true
      if (timer) clearTimeout(timer)
      if (child) await endChild(child, killAfterMs)
    },
    pid: () => child?.pid ?? null,
  }
}

function endChild(child: ChildProcess, killAfterMs: number): Promise<void> {
  return new Promise((resolve) => {
    const kill = setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    child.once('exit', () => {
      clearTimeout(kill)
      resolve()
    })
    child.kill('SIGTERM')
  })
}

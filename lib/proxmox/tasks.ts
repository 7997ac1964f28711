import { pause } from '@/lib/io/pause'
import * as answers from './answers'
import type { Ask } from './client'
import { ProxmoxError, taskError } from './errors'
import type { Proxmox, TaskStatus, Upid } from './proxmox'

type TaskCalls = Pick<Proxmox, 'listTasks' | 'taskStatus' | 'taskLog' | 'stopTask' | 'waitForTask'>

const e = encodeURIComponent
const FIRST_PAUSE_MS = 200
const LAST_PAUSE_MS = 2_000
const LIMIT_MS = 3_600_000
/** A host that restarts its API while a task runs is asked again for this long. */
const PATIENCE_MS = 60_000
const LOG_PAGE = 500
const LAST_LINES = 12

/** `UPID:node:pid:pstart:starttime:type:id:user:` (Tools.pm:1189). */
export function partsOfUpid(upid: Upid): { node: string; type: string; id: string } {
  const [, node = '', , , , type = '', id = ''] = upid.split(':')
  return { node, type, id }
}

/** Tasks: their state, their log, and waiting for them. */
export function taskCalls(ask: Ask): TaskCalls {
  const at = (upid: Upid) => `/nodes/${e(partsOfUpid(upid).node)}/tasks/${e(upid)}`
  const taskStatus = async (upid: Upid): Promise<TaskStatus> => {
    const status = await ask(answers.Task, {
      method: 'GET',
      path: `${at(upid)}/status`,
      what: `Read the state of ${describe(upid)}`,
    })
    return {
      running: status.status === 'running',
      exit: status.exitstatus,
      type: status.type,
      id: status.id ?? '',
    }
  }
  const taskLog = async (upid: Upid, from: number): Promise<string[]> => {
    const lines = await ask(answers.TaskLog, {
      method: 'GET',
      path: `${at(upid)}/log`,
      query: { start: from, limit: LOG_PAGE },
      what: `Read the log of ${describe(upid)}`,
    })
    // An empty log is answered with one made-up line (Tools.pm:1415).
    return lines
      .filter(({ n }) => n > from)
      .map(({ t }) => t)
      .filter((t, i, all) => all.length > 1 || i > 0 || t !== 'no content')
  }
  return {
    taskStatus,
    taskLog,
    async stopTask(upid) {
      await ask(answers.Nothing, {
        method: 'DELETE',
        path: at(upid),
        what: `Stop ${describe(upid)}`,
      })
    },
    async listTasks(node, { vmid, running } = {}) {
      const list = await ask(answers.Tasks, {
        method: 'GET',
        path: `/nodes/${e(node)}/tasks`,
        query: { vmid, source: running ? 'active' : 'all', limit: LOG_PAGE },
        what: `List the tasks of ${node}`,
      })
      return list
        .map((task) => ({
          upid: task.upid,
          type: task.type,
          id: task.id ?? '',
          running: task.endtime === null,
          startedAt: task.starttime * 1000,
          user: task.user,
        }))
        .filter((task) => !running || task.running)
    },
    waitForTask: (upid, wait) => waitForTask({ taskStatus, taskLog }, upid, wait),
  }
}

async function waitForTask(
  calls: Pick<TaskCalls, 'taskStatus' | 'taskLog'>,
  upid: Upid,
  { log, signal, timeoutMs = LIMIT_MS }: Parameters<Proxmox['waitForTask']>[1],
): Promise<void> {
  const startedAt = performance.now()
  const lastLines: string[] = []
  let read = 0
  let answeredAt = startedAt

  /** Passes on what is new; true when the whole page was full, so that more may wait. */
  const follow = async (): Promise<boolean> => {
    const lines = await calls.taskLog(upid, read)
    read += lines.length
    for (const line of lines) log?.(line)
    lastLines.push(...lines)
    lastLines.splice(0, Math.max(0, lastLines.length - LAST_LINES))
    return lines.length >= LOG_PAGE
  }

  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LAST_PAUSE_MS)) {
    signal.throwIfAborted()
    try {
      const status = await calls.taskStatus(upid)
      answeredAt = performance.now()
      while (await follow()) signal.throwIfAborted()
      if (!status.running) return judge(upid, status.exit ?? 'unexpected status', lastLines)
    } catch (error) {
      const silent = error instanceof ProxmoxError && error.code === 'proxmox.unreachable'
      if (!silent || performance.now() - answeredAt > PATIENCE_MS) throw error
    }
    if (performance.now() - startedAt > timeoutMs)
      throw new ProxmoxError(
        'proxmox.task-timeout',
        `${describe(upid)} still runs after ${Math.round(timeoutMs / 60_000)} min - look at it in Proxmox's task list.`,
      )
    await pause(pauseMs, signal)
  }
}

/** Warnings are a success: what was asked for is there (Tools.pm:1251). */
function judge(upid: Upid, exit: string, lastLines: readonly string[]): void {
  if (exit === 'OK' || exit.startsWith('WARNINGS: ')) return
  throw taskError(describe(upid), exit, lastLines)
}

const describe = (upid: Upid) => {
  const { type, id, node } = partsOfUpid(upid)
  return `task ${type}${id ? ` ${id}` : ''} on ${node}`
}

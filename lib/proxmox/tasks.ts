import { pause } from '@/lib/io/pause'
import * as answers from './answers'
import { type Ask, path, verbsOf } from './ask'
import { ProxmoxError, taskError } from './errors'
import type { Upid } from './values'

export type TaskStatus = { running: boolean; exit: string | null; type: string; id: string }
export type TaskSummary = {
  upid: Upid
  type: string
  id: string
  running: boolean
  startedAt: number
  user: string
}
export type TaskWait = {
  /** Each line of the task's log, once. */
  log?(line: string): void
  /** Told where it ended well but for so many warnings, which stand in its log. */
  warned?(count: number): void
  signal: AbortSignal
  /** Default one hour; then `proxmox.task-timeout`. The task itself goes on. */
  timeoutMs?: number
  /** Whether somebody waits for what this task gives back: then it is looked at more often. */
  hurries?(): boolean
  /** A host that restarts its API while the task runs is asked again for so long. Default a minute. */
  patienceMs?: number
}

/** Tasks: their state, their log, and waiting for them. */
export type Tasks = {
  listTasks(node: string, filter?: { vmid?: number; running?: boolean }): Promise<TaskSummary[]>
  taskStatus(upid: Upid): Promise<TaskStatus>
  /** Lines from `from` (0 = first). */
  taskLog(upid: Upid, from: number): Promise<string[]>
  stopTask(upid: Upid): Promise<void>
  /** Streams the log and waits for the end. Throws `proxmox.task-failed` with its last lines. */
  waitForTask(upid: Upid, wait: TaskWait): Promise<void>
}

const HURRIED_PAUSE_MS = 100
const FIRST_PAUSE_MS = 200
const LAST_PAUSE_MS = 2_000
const LIMIT_MS = 3_600_000
const PATIENCE_MS = 60_000
const LOG_PAGE = 500
const LAST_LINES = 12

/** `UPID:node:pid:pstart:starttime:type:id:user:` (Tools.pm:1189). */
export function partsOfUpid(upid: Upid): { node: string; type: string; id: string } {
  const [, node = '', , , , type = '', id = ''] = upid.split(':')
  return { node, type, id }
}

/** See {@link Tasks}. */
export function taskCalls(ask: Ask): Tasks {
  const { read, change } = verbsOf(ask)
  const at = (upid: Upid) => path`/nodes/${partsOfUpid(upid).node}/tasks/${upid}`
  const taskStatus = async (upid: Upid): Promise<TaskStatus> => {
    const what = `Read the state of ${describe(upid)}`
    const status = await read(answers.Task, what, `${at(upid)}/status`)
    return {
      running: status.status === 'running',
      exit: status.exitstatus,
      type: status.type,
      id: status.id ?? '',
    }
  }
  const taskLog = async (upid: Upid, from: number): Promise<string[]> => {
    const what = `Read the log of ${describe(upid)}`
    const page = { start: from, limit: LOG_PAGE }
    const lines = await read(answers.TaskLog, what, `${at(upid)}/log`, page)
    // An empty log is answered with one made-up line (Tools.pm:1415).
    return lines
      .filter(({ n }) => n > from)
      .map(({ t }) => t)
      .filter((t, i, all) => all.length > 1 || i > 0 || t !== 'no content')
  }
  return {
    taskStatus,
    taskLog,
    stopTask: (upid) => change(`Stop ${describe(upid)}`, ['DELETE', at(upid)]),
    async listTasks(node, { vmid, running } = {}) {
      const list = await read(
        answers.Tasks,
        `List the tasks of ${node}`,
        path`/nodes/${node}/tasks`,
        { vmid, source: running ? 'active' : 'all', limit: LOG_PAGE },
      )
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
  calls: Pick<Tasks, 'taskStatus' | 'taskLog'>,
  upid: Upid,
  { log, warned, hurries, signal, timeoutMs = LIMIT_MS, patienceMs = PATIENCE_MS }: TaskWait,
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
      if (!status.running) {
        const warnings = judge(upid, status.exit ?? 'unexpected status', lastLines)
        if (warnings > 0) warned?.(warnings)
        return
      }
    } catch (error) {
      const silent = error instanceof ProxmoxError && error.code === 'proxmox.unreachable'
      if (!silent || performance.now() - answeredAt > patienceMs) throw error
    }
    if (performance.now() - startedAt > timeoutMs)
      throw new ProxmoxError(
        'proxmox.task-timeout',
        `${describe(upid)} still runs after ${Math.round(timeoutMs / 60_000)} min - look at it in Proxmox's task list.`,
      )
    await pause(hurries?.() ? HURRIED_PAUSE_MS : pauseMs, signal)
  }
}

/** How many warnings; they are a success: what was asked for is there (Tools.pm:1251). */
function judge(upid: Upid, exit: string, lastLines: readonly string[]): number {
  const warnings = /^WARNINGS: (\d+)$/.exec(exit)?.[1]
  if (exit === 'OK' || warnings !== undefined) return Number(warnings ?? 0)
  throw taskError(describe(upid), exit, lastLines)
}

const describe = (upid: Upid) => {
  const { type, id, node } = partsOfUpid(upid)
  return `task ${type}${id ? ` ${id}` : ''} on ${node}`
}

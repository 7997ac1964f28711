import { wallSeconds } from '../clock'
import { faultsOf, spendFault } from '../faults'
import type { Lab } from '../state'
import { runTask } from './run'
import { log, type Stage, type Task, type TaskRun } from './task'

/** Finished tasks that are kept; PVE keeps the last 1000 of a node in its index. */
const KEEP = 1000

const hex8 = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0')

type NewTask = {
  node: string
  type: string
  /** VMID, file name or nothing. */
  id: string
  user: string
  stages: Stage[]
  onFail?: TaskRun['onFail']
}

/**
 * Starts a worker and returns its UPID (`UPID:node:pid:pstart:starttime:type:id:user:`, Tools.pm
 * upid_encode). It runs at once as far as it can without waiting.
 */
export function startTask(lab: Lab, { node, type, id, user, stages, onFail }: NewTask): string {
  const { state, now } = lab
  state.serial += 1
  const pid = 1000 + state.serial
  const pstart = Math.floor(now.at / 10)
  const start = wallSeconds(now)
  const task: Task = {
    upid: `UPID:${node}:${hex8(pid)}:${hex8(pstart % 0xffffffff)}:${hex8(start)}:${type}:${id}:${user}:`,
    node,
    pid,
    pstart,
    type,
    id,
    user,
    startWall: now.wall,
    startAt: now.at,
    endWall: null,
    endAt: null,
    exit: null,
    log: [],
    run: {
      stages: [...faultStages(lab, type, id), ...stages],
      due: null,
      held: [],
      onFail: onFail ?? [],
    },
  }
  if (!state.tasks.some((other) => other.log.length > 0))
    task.log.push('Drawbridge Lab: this host is a simulation')
  vanish(lab, task)
  state.tasks.push(task)
  if (state.tasks.length > KEEP + 100) {
    const running = state.tasks.filter((other) => other.run)
    const finished = state.tasks.filter((other) => !other.run).slice(-KEEP)
    state.tasks = [...finished, ...running].sort((a, b) => a.startAt - b.startAt)
  }
  runTask(lab, task)
  return task.upid
}

const isOf = (fault: { task?: string; vmid?: number }, type: string, id: string): boolean =>
  (fault.task === undefined || fault.task === type) &&
  (fault.vmid === undefined || String(fault.vmid) === id)

/** As after a reboot of the host, which forgets its workers; what was not done is cleaned up. */
function vanish(lab: Lab, task: Task): void {
  const fault = faultsOf(lab.state, 'task-vanishes').find((each) => isOf(each, task.type, task.id))
  if (!fault) return
  spendFault(lab.state, fault)
  task.vanishes = true
  if (!fault.done && task.run)
    task.run.stages = [
      { do: 'sleep', ms: 1500 },
      { do: 'fail', message: 'interrupted by signal' },
    ]
}

/** A switched-on `task-fails` lets the task begin and then fail as a disk error would. */
function faultStages(lab: Lab, type: string, id: string): Stage[] {
  const fault = faultsOf(lab.state, 'task-fails').find((each) => isOf(each, type, id))
  if (!fault) return []
  spendFault(lab.state, fault)
  return [
    { do: 'sleep', ms: 1500 },
    log('qemu-img: error while reading sector 131072: Input/output error'),
    { do: 'fail', message: fault.message ?? 'command failed: exit code 1' },
  ]
}

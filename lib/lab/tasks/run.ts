import { LabError } from '../api/answer'
import { slowness } from '../faults'
import { quorate } from '../quorum'
import type { Lab } from '../state'
import { ACTS } from './acts'
import { releaseLock, tryLock } from './locks'
import type { Stage, Task } from './task'

/** Works a task off until it has to wait or is finished. */
export function runTask(lab: Lab, task: Task): void {
  while (task.run) {
    const stage = task.run.stages[0]
    if (!stage) {
      finishTask(lab, task, 'OK')
      return
    }
    try {
      if (!runStage(lab, task, stage)) return
    } catch (error) {
      if (!(error instanceof LabError)) throw error
      failTask(lab, task, error.message)
      return
    }
  }
}

/** True when the next stage may follow at once. */
function runStage(lab: Lab, task: Task, stage: Stage): boolean {
  const run = task.run
  if (!run) return false
  if (stage.do === 'lock') return waitForLock(lab, task, stage)
  run.stages.shift()
  switch (stage.do) {
    case 'unlock':
      run.held = run.held.filter((name) => name !== stage.name)
      releaseLock(lab, stage.name, task.upid)
      return true
    case 'log':
      task.log.push(stage.line)
      return true
    case 'fail':
      throw new LabError(stage.message)
    case 'sleep':
      run.due = lab.now.at + Math.round(stage.ms * slowness(lab.state, task.type))
      return false
    case 'act':
      assertWritable(lab, task, stage)
      ACTS[stage.act](lab, task, stage.args as never)
      return true
  }
}

/** What a task writes to a guest's configuration, which is a file of the cluster. */
const WRITES =
  /^(create\.finish|clone\.(begin|finish)|config\.update|disk\.|vm\.(template|destroy|migrate)|snapshot\.|backup\.restore)/

/** Without quorum nothing in /etc/pve can be written (recorded: deleting a VM). */
function assertWritable(lab: Lab, task: Task, stage: Extract<Stage, { do: 'act' }>): void {
  if (!WRITES.test(stage.act) || quorate(lab.state)) return
  const args = stage.args as { vmid?: number; target?: number; source?: number }
  const vmid = args.vmid ?? args.target ?? args.source
  throw new LabError(
    `unable to open file '/etc/pve/nodes/${task.node}/qemu-server/${vmid}.conf.tmp.${task.pid}' - Permission denied`,
  )
}

function waitForLock(lab: Lab, task: Task, stage: Extract<Stage, { do: 'lock' }>): boolean {
  const run = task.run
  if (!run) return false
  const since = stage.since ?? lab.now.at
  if (tryLock(lab, stage, task.upid, since)) {
    if (stage.since !== undefined) task.log.push(' OK')
    run.held.push(stage.name)
    run.stages.shift()
    return true
  }
  if (stage.since === undefined) {
    stage.since = since
    task.log.push('trying to acquire lock...')
  }
  const deadline = since + stage.limitMs
  if (lab.now.at >= deadline) throw new LabError(stage.error)
  run.due = deadline
  return false
}

/** Ends a task: `OK`, or the error that its status shows. Its locks are given up. */
function finishTask(lab: Lab, task: Task, exit: string): void {
  const held = task.run?.held ?? []
  task.run = null
  task.exit = exit
  task.endAt = lab.now.at
  task.endWall = lab.now.wall
  task.log.push(exit === 'OK' ? 'TASK OK' : `TASK ERROR: ${exit}`)
  for (const name of held) releaseLock(lab, name, task.upid)
  if (task.vanishes) lab.state.tasks = lab.state.tasks.filter((other) => other !== task)
}

/** Cleans up behind a task that failed, then ends it with the error's first line. */
function failTask(lab: Lab, task: Task, message: string): void {
  for (const stage of task.run?.onFail ?? []) ACTS[stage.act](lab, task, stage.args as never)
  const [first = '', ...rest] = message.split('\n')
  task.log.push(...rest.filter(Boolean))
  finishTask(lab, task, first)
}

/** What DELETE tasks does (recorded: the target's configuration is removed). */
export function abortTask(lab: Lab, task: Task): void {
  if (task.run)
    failTask(
      lab,
      task,
      task.type === 'qmclone' ? 'clone failed: interrupted by signal' : 'interrupted by signal',
    )
}

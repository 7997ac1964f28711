import type { Outcome } from './api/answer-call'
import { answerCall } from './api/answer-call'
import type { LabRequest } from './api/request'
import { atInstant, type Now } from './clock'
import { nextFencing, watchHosts } from './fencing'
import { advanceGuest } from './guest/boot'
import { runProcess } from './guest/process/run'
import { tickKubernetes, watchMachines } from './kubernetes/lab-kubernetes'
import { standsStill, stopFailedWriters } from './standstill'
import { startByItself } from './start-guest'
import type { Effect, Lab, LabState } from './state'
import { lockIsFree } from './tasks/locks'
import { runTask } from './tasks/run'
import { switchOff } from './vm/power-state'

/** Everything that waits for an instant: tasks, guests, their processes, waiting requests. */
function* dueInstants(state: LabState): Generator<number> {
  if (state.starting) yield state.at
  for (const task of state.tasks) if (task.run && task.run.due !== null) yield task.run.due
  for (const vm of Object.values(state.vms)) {
    if (!vm.guest || standsStill(vm)) continue
    if (vm.guest.due !== null) yield vm.guest.due
    for (const process of vm.guest.processes) if (process.due !== null) yield process.due
  }
  for (const waiter of state.waiters) yield waiter.deadline
  const tick = state.kubernetes?.nextTick
  if (tick != null) yield tick
  const fencing = nextFencing(state)
  if (fencing !== null) yield fencing
}

/** Virtual instant of the next thing that happens by itself, null if nothing will. */
export function nextDue(state: LabState): number | null {
  let next: number | null = null
  for (const due of dueInstants(state)) if (next === null || due < next) next = due
  return next
}

/**
 * Lets everything up to `now` happen, in order of its instants. Returns what the outside has to
 * carry out: answers of requests that waited, output and ends of processes.
 */
export function advance(state: LabState, now: Now): Effect[] {
  const effects: Effect[] = []
  for (;;) {
    stopFailedWriters(state)
    watchHosts({ state, now: atInstant(now, Math.min(state.at, now.at)), effects })
    watchMachines({ state, now: atInstant(now, Math.min(state.at, now.at)), effects })
    const due = nextDue(state)
    if (due === null || due > now.at) break
    const at = Math.max(due, state.at)
    state.at = at
    happen({ state, now: atInstant(now, at), effects })
  }
  state.at = Math.max(state.at, now.at)
  return effects
}

/** One turn: whatever is due at this instant. */
function happen(lab: Lab): void {
  const { state, now } = lab
  for (const task of state.tasks)
    if (task.run && task.run.due !== null && task.run.due <= now.at) {
      task.run.due = null
      runTask(lab, task)
    }
  beginStarts(lab)
  for (const vm of Object.values(state.vms)) {
    if (standsStill(vm)) continue
    const guest = vm.guest
    if (guest && guest.due !== null && guest.due <= now.at) {
      if (guest.phase === 'stopping') switchOff(lab, vm)
      else advanceGuest(lab, vm)
    }
    for (const process of [...(vm.guest?.processes ?? [])])
      if (process.due !== null && process.due <= now.at && vm.guest?.processes.includes(process)) {
        process.due = null
        runProcess(lab, vm, process)
      }
  }
  const tick = state.kubernetes?.nextTick
  if (tick != null && tick <= now.at) tickKubernetes(lab)
  retryWaiters(lab)
}

/** Starts that a task of this turn asked for. */
function beginStarts(lab: Lab): void {
  const wanted = lab.state.starting
  if (!wanted) return
  delete lab.state.starting
  for (const vmid of wanted) {
    const vm = lab.state.vms[vmid]
    if (vm && !vm.running) startByItself(lab, vm)
  }
}

/** Requests whose lock is free now, or whose patience is over. */
function retryWaiters(lab: Lab): void {
  const waiting = lab.state.waiters
  if (waiting.length === 0) return
  lab.state.waiters = []
  for (const waiter of waiting) {
    if (lab.now.at < waiter.deadline && !lockIsFree(lab, waiter.lock, 'exclusive')) {
      lab.state.waiters.push(waiter)
      continue
    }
    const outcome = answerCall(lab, waiter.request, waiter)
    if ('answer' in outcome)
      lab.effects.push({ type: 'reply', ticket: waiter.ticket, answer: outcome.answer })
  }
}

/**
 * Answers one request to the PVE API at `now`. What was due before has happened first. A request
 * that has to wait for a lock gets a ticket; its answer comes as an effect later.
 */
export function handle(
  state: LabState,
  request: LabRequest,
  now: Now,
): { outcome: Outcome; effects: Effect[] } {
  const effects = advance(state, now)
  state.record.requests += 1
  const outcome = answerCall({ state, now, effects }, request, null)
  effects.push(...advance(state, now))
  return { outcome, effects }
}

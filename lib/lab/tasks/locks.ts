import { faultsOf } from '../faults'
import type { Lab } from '../state'
import type { Stage } from './task'

/**
 * PVE's locks (PVE 8 and 9 source, Tools.pm lock_file_full, AbstractConfig.pm lock_config): the flock
 * of a guest's configuration and the lock of a storage, both given up on after 10 s; a clone asks
 * for its source's with a wait of 1 s.
 */
export const configLock = (vmid: number): string => `config:${vmid}`
export const storageLock = (node: string, storage: string): string => `storage:${node}/${storage}`

const LIMIT_MS = 10_000

/** What PVE says when a configuration's lock was not to be had. */
export const configLockError = (vmid: number): string =>
  `can't lock file '/var/lock/qemu-server/lock-${vmid}.conf' - got timeout`

export const lockConfig = (
  vmid: number,
  mode: 'exclusive' | 'shared' = 'exclusive',
  limitMs = LIMIT_MS,
): Stage => ({ do: 'lock', name: configLock(vmid), mode, limitMs, error: configLockError(vmid) })

export const lockStorage = (node: string, storage: string): Stage => ({
  do: 'lock',
  name: storageLock(node, storage),
  mode: 'exclusive',
  limitMs: LIMIT_MS,
  error: `can't lock file '/var/lock/pve-manager/pve-storage-${storage}' - got timeout`,
})

/** Whether it can be had at once. */
export function lockIsFree(lab: Lab, name: string, mode: 'exclusive' | 'shared'): boolean {
  if (faultsOf(lab.state, 'config-locked').some(({ vmid }) => configLock(vmid) === name))
    return false
  const held = lab.state.locks[name]
  return !held || (mode === 'shared' && held.mode === 'shared')
}

/** Takes it if it is free. `since` is when the holder began to wait. */
export function tryLock(
  lab: Lab,
  stage: Extract<Stage, { do: 'lock' }>,
  holder: string,
  since: number,
): boolean {
  if (!lockIsFree(lab, stage.name, stage.mode)) return false
  const held = lab.state.locks[stage.name]
  if (held) held.holders.push(holder)
  else lab.state.locks[stage.name] = { mode: stage.mode, holders: [holder] }
  lab.state.record.holds.push({
    lock: stage.name,
    holder,
    waitedMs: lab.now.at - since,
    from: lab.now.at,
    to: null,
  })
  return true
}

/** Gives it up and wakes whoever waits for it, the longest first. */
export function releaseLock(lab: Lab, name: string, holder: string): void {
  const held = lab.state.locks[name]
  if (!held) return
  held.holders = held.holders.filter((other) => other !== holder)
  if (held.holders.length === 0) delete lab.state.locks[name]
  for (const hold of lab.state.record.holds)
    if (hold.lock === name && hold.holder === holder && hold.to === null) hold.to = lab.now.at
  for (const task of lab.state.tasks) {
    const stage = task.run?.stages[0]
    if (task.run && stage?.do === 'lock' && stage.name === name) task.run.due = lab.now.at
  }
}

import type { Claims } from '@/lib/dag/gate'
import type { Admission, Hold } from './admission'
import { storageLock, storagesOf } from './admission-claims'
import {
  areaTasks,
  cloneTask,
  diskTasks,
  guestTasks,
  type Locks,
  snapshotTasks,
  type Within,
} from './admitted-tasks'
import type { Proxmox } from './proxmox'
import { type Backoff, LOCK_BACKOFF, retryLocked } from './retry-locked'
import { partsOfUpid } from './tasks'

export type AdmittedOptions = {
  /** Ends the waiting, and with it the call, before anything was sent. */
  signal?: AbortSignal
  /** Told what a call claims where it cannot have it at once. */
  waits?(claims: Claims): void
  backoff?: Backoff
  /** After so long a task that nobody waits for holds nothing any more. Default 60 s. */
  unwatchedMs?: number
  /**
   * How long before a clone is done with its storage, by what clones lately took, the next one may
   * come: PVE lets it wait for 10 s. Default 600.
   */
  leadMs?: number
}

/**
 * The same Proxmox, whose tasks start only when nothing else of this process holds what they need, so
 * that PVE's own waits of 1, 10 and 60 s are not lost. A storage is given back when the copying
 * begins, everything when the task ends. What still loses a wait, against others than this process,
 * is tried again where PVE refused it at once; a task that lost it fails as `lockTimeout`.
 */
export function admitted(
  proxmox: Proxmox,
  admission: Admission,
  options: AdmittedOptions = {},
): Proxmox {
  const within = withinOf(admission, options)
  const locks = locksOf(proxmox, admission.sharedStorages)
  return {
    ...proxmox,
    ...guestTasks(proxmox, within, locks),
    ...cloneTask(proxmox, within, locks, giveBackInTime(admission, options.leadMs)),
    ...diskTasks(proxmox, within, locks),
    ...snapshotTasks(proxmox, within, locks),
    ...areaTasks(proxmox, within, locks),
    storages: locks.learn,
    async waitForTask(upid, wait) {
      const hold = admission.take(upid)
      if (hold === null) return proxmox.waitForTask(upid, wait)
      const clones = partsOfUpid(upid).type === 'qmclone'
      let copies = false
      try {
        await proxmox.waitForTask(upid, {
          ...wait,
          // Of a clone whose storage was given back in time it must still be seen when it was done.
          hurries: () => hold.wanted() || (clones && !copies && admission.waiting > 0),
          log(line) {
            // The storage's lock is held while it allocates, not while it copies (facts, "Locks").
            if (!copies && /^transferred /.test(line)) {
              copies = true
              for (const lock of hold.locks.filter(isStorage))
                admission.lasted.set(lock, performance.now() - hold.since)
              hold.release(isStorage)
            }
            wait.log?.(line)
          },
        })
      } finally {
        hold.leave()
      }
    },
  }
}

const isStorage = (lock: string): boolean => lock.startsWith('storage:')

/** Gives a clone's storage back a little before the time that clones lately took to be done with it. */
function giveBackInTime(admission: Admission, leadMs = 600): (hold: Hold) => void {
  return (hold) => {
    const expected = Math.max(
      ...hold.locks.filter(isStorage).map((lock) => admission.lasted.get(lock) ?? 0),
    )
    if (expected <= leadMs) return
    setTimeout(() => hold.release(isStorage), expected - leadMs).unref()
  }
}

function withinOf(
  admission: Admission,
  { signal, waits, backoff = LOCK_BACKOFF, unwatchedMs = 60_000 }: AdmittedOptions,
): Within {
  const enter = (claims: Claims) => {
    const before = admission.waiting
    const entered = admission.enter(claims, signal)
    if (admission.waiting > before) waits?.(claims)
    return entered
  }
  return {
    async call(claims, call) {
      const hold = await enter(claims)
      try {
        return await retryLocked(call, backoff, signal)
      } finally {
        hold.leave()
      }
    },
    async task(claims, call, then) {
      const hold = await enter(claims)
      then?.(hold)
      try {
        const upid = await retryLocked(call, backoff, signal)
        if (upid === null) hold.leave()
        else admission.keep(upid, hold, unwatchedMs)
        return upid
      } catch (error) {
        hold.leave()
        throw error
      }
    },
  }
}

/** Which storages nodes share is learnt from the lists that are read anyway. */
function locksOf(proxmox: Proxmox, shared: Set<string>): Locks {
  const on: Locks['on'] = (node, storages) =>
    storages.map((storage) => storageLock(shared.has(storage) ? null : node, storage))
  return {
    on,
    async ofVm(node, vmid) {
      const config = await proxmox.findConfig(node, vmid)
      return on(node, storagesOf(config?.values ?? {}))
    },
    async learn(node) {
      const list = await proxmox.storages(node)
      for (const one of list) if (one.shared) shared.add(one.storage)
      return list
    },
  }
}

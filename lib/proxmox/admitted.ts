import type { Claims } from '@/lib/dag/gate'
import type { Admission, Hold } from './admission'
import {
  allocatedOn,
  backupLock,
  claimsAt,
  guestLock,
  networkLock,
  SDN_LOCK,
  storageLock,
  storagesOf,
} from './admission-claims'
import type { Proxmox } from './proxmox'
import { type Backoff, LOCK_BACKOFF, retryLocked } from './retry-locked'
import type { Upid, VmParams } from './values'

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

/** Runs a call that starts a task, or one that is done when it answers, within what it claims. */
type Within = {
  task<T extends Upid | null>(
    claims: Claims,
    call: () => Promise<T>,
    admitted?: (hold: Hold) => void,
  ): Promise<T>
  call<T>(claims: Claims, call: () => Promise<T>): Promise<T>
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
      let copies = false
      try {
        await proxmox.waitForTask(upid, {
          ...wait,
          hurries: () => hold.wanted() || (!copies && admission.waiting > 0),
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

type Locks = {
  on(node: string, storages: readonly string[]): string[]
  ofVm(node: string, vmid: number): Promise<string[]>
  learn: Proxmox['storages']
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

type GuestTasks = Pick<
  Proxmox,
  | 'createVm'
  | 'setConfig'
  | 'setConfigTask'
  | 'setTags'
  | 'revertPending'
  | 'makeTemplate'
  | 'deleteVm'
  | 'startVm'
  | 'stopVm'
  | 'shutdownVm'
  | 'rebootVm'
  | 'resetVm'
  | 'suspendVm'
  | 'resumeVm'
  | 'migrateVm'
>

function guestTasks(proxmox: Proxmox, { task, call }: Within, locks: Locks): GuestTasks {
  const own = (node: string, vmid: number, storages: readonly string[] = []) =>
    claimsAt(node, [guestLock(vmid), ...locks.on(node, storages)])
  const config = (node: string, vmid: number, set: VmParams = {}) =>
    own(node, vmid, allocatedOn(set))
  return {
    createVm: (node, vmid, params) =>
      task(own(node, vmid, allocatedOn(params)), () => proxmox.createVm(node, vmid, params)),
    setConfig: (node, vmid, change) =>
      call(config(node, vmid, change.set), () => proxmox.setConfig(node, vmid, change)),
    setConfigTask: (node, vmid, change) =>
      task(config(node, vmid, change.set), () => proxmox.setConfigTask(node, vmid, change)),
    setTags: (node, vmid, tags) => call(own(node, vmid), () => proxmox.setTags(node, vmid, tags)),
    revertPending: (node, vmid, keys) =>
      call(own(node, vmid), () => proxmox.revertPending(node, vmid, keys)),
    makeTemplate: (node, vmid) => task(own(node, vmid), () => proxmox.makeTemplate(node, vmid)),
    async deleteVm(node, vmid, options) {
      const storages = await locks.ofVm(node, vmid)
      const claims = claimsAt(node, [guestLock(vmid), ...storages])
      return task(claims, () => proxmox.deleteVm(node, vmid, options))
    },
    startVm: (node, vmid) => task(own(node, vmid), () => proxmox.startVm(node, vmid)),
    stopVm: (node, vmid) => task(own(node, vmid), () => proxmox.stopVm(node, vmid)),
    shutdownVm: (node, vmid, graceS) =>
      task(own(node, vmid), () => proxmox.shutdownVm(node, vmid, graceS)),
    rebootVm: (node, vmid, graceS) =>
      task(own(node, vmid), () => proxmox.rebootVm(node, vmid, graceS)),
    resetVm: (node, vmid) => task(own(node, vmid), () => proxmox.resetVm(node, vmid)),
    suspendVm: (node, vmid, options) =>
      task(own(node, vmid), () => proxmox.suspendVm(node, vmid, options)),
    resumeVm: (node, vmid) => task(own(node, vmid), () => proxmox.resumeVm(node, vmid)),
    migrateVm: (node, vmid, request) =>
      task(own(node, vmid), () => proxmox.migrateVm(node, vmid, request)),
  }
}

function cloneTask(
  proxmox: Proxmox,
  { task }: Within,
  locks: Locks,
  began: (hold: Hold) => void,
): Pick<Proxmox, 'cloneVm'> {
  return {
    async cloneVm(node, clone) {
      const { templateVmid, vmid, storage } = clone
      const source = guestLock(templateVmid)
      const target = [guestLock(vmid), ...locks.on(clone.target ?? node, storage ? [storage] : [])]
      // A stopped source is shared by clones, a running one is not (facts, "Locks").
      const runs = (await proxmox.findVm(node, templateVmid))?.running === true
      const claims = runs ? claimsAt(node, [...target, source]) : claimsAt(node, target, [source])
      return task(claims, () => proxmox.cloneVm(node, clone), began)
    },
  }
}

type DiskTasks = Pick<
  Proxmox,
  'resizeDisk' | 'moveDisk' | 'reassignDisk' | 'unlinkDisks' | 'allocate' | 'deleteVolume'
>

function diskTasks(proxmox: Proxmox, { task, call }: Within, locks: Locks): DiskTasks {
  const whole = async (node: string, vmid: number, more: readonly string[] = []) =>
    claimsAt(node, [guestLock(vmid), ...(await locks.ofVm(node, vmid)), ...more])
  return {
    async resizeDisk(node, vmid, disk, sizeGib) {
      return task(await whole(node, vmid), () => proxmox.resizeDisk(node, vmid, disk, sizeGib))
    },
    async moveDisk(node, vmid, disk, storage) {
      const claims = await whole(node, vmid, locks.on(node, [storage]))
      return task(claims, () => proxmox.moveDisk(node, vmid, disk, storage))
    },
    async reassignDisk(node, vmid, disk, target) {
      const claims = await whole(node, vmid, [guestLock(target.vmid)])
      return task(claims, () => proxmox.reassignDisk(node, vmid, disk, target))
    },
    async unlinkDisks(node, vmid, disks, options) {
      return call(await whole(node, vmid), () => proxmox.unlinkDisks(node, vmid, disks, options))
    },
    allocate: (node, storage, disk) =>
      call(claimsAt(node, locks.on(node, [storage])), () => proxmox.allocate(node, storage, disk)),
    deleteVolume: (node, volid) =>
      task(claimsAt(node, locks.on(node, [volid.split(':')[0] ?? ''])), () =>
        proxmox.deleteVolume(node, volid),
      ),
  }
}

type SnapshotTasks = Pick<Proxmox, 'createSnapshot' | 'rollbackSnapshot' | 'deleteSnapshot'>

function snapshotTasks(proxmox: Proxmox, { task }: Within, locks: Locks): SnapshotTasks {
  const whole = async (node: string, vmid: number) =>
    claimsAt(node, [guestLock(vmid), ...(await locks.ofVm(node, vmid))])
  return {
    async createSnapshot(node, vmid, ...rest) {
      return task(await whole(node, vmid), () => proxmox.createSnapshot(node, vmid, ...rest))
    },
    async rollbackSnapshot(node, vmid, ...rest) {
      return task(await whole(node, vmid), () => proxmox.rollbackSnapshot(node, vmid, ...rest))
    },
    async deleteSnapshot(node, vmid, name) {
      return task(await whole(node, vmid), () => proxmox.deleteSnapshot(node, vmid, name))
    },
  }
}

function areaTasks(
  proxmox: Proxmox,
  { task }: Within,
  locks: Locks,
): Pick<Proxmox, 'backups' | 'network' | 'sdn'> {
  const { backups, network, sdn } = proxmox
  return {
    backups: {
      ...backups,
      start: (node, request) =>
        task(claimsAt(node, [backupLock(node), ...request.vmids.map(guestLock)]), () =>
          backups.start(node, request),
        ),
      restore: (node, request) =>
        task(
          claimsAt(node, [
            guestLock(request.vmid),
            ...locks.on(node, request.storage ? [request.storage] : []),
          ]),
          () => backups.restore(node, request),
        ),
    },
    network: {
      ...network,
      apply: (node) => task(claimsAt(node, [networkLock(node)]), () => network.apply(node)),
    },
    sdn: {
      ...sdn,
      apply: (lock) => task({ locks: [SDN_LOCK], groups: [] }, () => sdn.apply(lock)),
    },
  }
}

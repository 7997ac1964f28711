import type { Claims } from '@/lib/dag/gate'
import type { Hold } from './admission'
import {
  allocatedOn,
  backupLock,
  claimsAt,
  guestLock,
  networkLock,
  SDN_LOCK,
} from './admission-claims'
import type { Proxmox } from './proxmox'
import type { Upid, VmParams } from './values'

/** Runs a call that starts a task, or one that is done when it answers, within what it claims. */
export type Within = {
  task<T extends Upid | null>(
    claims: Claims,
    call: () => Promise<T>,
    admitted?: (hold: Hold) => void,
  ): Promise<T>
  call<T>(claims: Claims, call: () => Promise<T>): Promise<T>
}

/** Names of storages' locks, of a node or of the cluster. */
export type Locks = {
  on(node: string, storages: readonly string[]): string[]
  ofVm(node: string, vmid: number): Promise<string[]>
  learn: Proxmox['storages']
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

/** Making, changing and running one VM: its configuration, and where it allocates. */
export function guestTasks(proxmox: Proxmox, { task, call }: Within, locks: Locks): GuestTasks {
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

/** A clone: its target, its storage, and its source together with other clones. */
export function cloneTask(
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

/** Disks: the storages of the whole VM, because any of them may be touched. */
export function diskTasks(proxmox: Proxmox, { task, call }: Within, locks: Locks): DiskTasks {
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

/** Snapshots: every storage of the VM. */
export function snapshotTasks(proxmox: Proxmox, { task }: Within, locks: Locks): SnapshotTasks {
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

/** Backups, networks and SDN: one at a time where PVE does one at a time. */
export function areaTasks(
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

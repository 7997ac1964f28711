import * as answers from './answers'
import { type Ask, path, verbsOf } from './ask'
import type { Upid } from './values'

/** A VM's disks beside its configuration. */
export type VmDisks = {
  /** `size` in GiB, absolute. A smaller one fails, in the task. */
  resizeDisk(node: string, vmid: number, disk: string, sizeGib: number): Promise<Upid | null>
  /** To another storage; the old volume is deleted. */
  moveDisk(node: string, vmid: number, disk: string, storage: string): Promise<Upid>
  /** To another VM, both stopped. */
  reassignDisk(
    node: string,
    vmid: number,
    disk: string,
    target: { vmid: number; disk: string },
  ): Promise<Upid>
  /** Takes disks out; they stay as `unusedN`, with `destroy` their volumes go. */
  unlinkDisks(
    node: string,
    vmid: number,
    disks: readonly string[],
    options?: { destroy?: boolean },
  ): Promise<void>
}

/** See {@link VmDisks}. */
export function vmDiskCalls(ask: Ask): VmDisks {
  const { change, task } = verbsOf(ask)
  const move = (node: string, vmid: number) => path`/nodes/${node}/qemu/${vmid}/move_disk`
  return {
    resizeDisk: (node, vmid, disk, sizeGib) =>
      ask(answers.MaybeTaskId, {
        method: 'PUT',
        path: path`/nodes/${node}/qemu/${vmid}/resize`,
        what: `Resize ${disk} of VM ${vmid} to ${sizeGib} GiB`,
        body: { disk, size: `${sizeGib}G` },
      }),
    moveDisk: (node, vmid, disk, storage) =>
      task(`Move ${disk} of VM ${vmid} to ${storage}`, ['POST', move(node, vmid)], {
        disk,
        storage,
        delete: true,
      }),
    reassignDisk: (node, vmid, disk, target) =>
      task(`Hand ${disk} of VM ${vmid} to VM ${target.vmid}`, ['POST', move(node, vmid)], {
        disk,
        'target-vmid': target.vmid,
        'target-disk': target.disk,
      }),
    unlinkDisks: (node, vmid, disks, { destroy } = {}) =>
      change(
        `Take ${disks.join(', ')} out of VM ${vmid}`,
        ['PUT', path`/nodes/${node}/qemu/${vmid}/unlink`],
        { idlist: disks.join(','), force: destroy || undefined },
      ),
  }
}

import * as answers from './answers'
import { type Ask, path, verbsOf } from './ask'
import type { Upid } from './values'

export type Snapshot = {
  name: string
  description: string
  at: number | null
  parent: string | null
  /** Whether it holds the memory too, so that a rollback goes on where it was. */
  memory: boolean
}

/** Snapshots of a VM. */
export type Snapshots = {
  listSnapshots(node: string, vmid: number): Promise<Snapshot[]>
  /** With `memory` the running machine's RAM is kept as well: not where a device is passed through. */
  createSnapshot(
    node: string,
    vmid: number,
    name: string,
    description: string,
    options?: { memory?: boolean },
  ): Promise<Upid>
  /** With `start` it is started afterwards where the snapshot has no memory. */
  rollbackSnapshot(
    node: string,
    vmid: number,
    name: string,
    options?: { start?: boolean },
  ): Promise<Upid>
  deleteSnapshot(node: string, vmid: number, name: string): Promise<Upid>
}

/** See {@link Snapshots}. */
export function snapshotCalls(ask: Ask): Snapshots {
  const { read, task } = verbsOf(ask)
  return {
    async listSnapshots(node, vmid) {
      const list = await read(
        answers.Snapshots,
        `List the snapshots of VM ${vmid}`,
        path`/nodes/${node}/qemu/${vmid}/snapshot`,
      )
      return list
        .filter(({ name }) => name !== 'current')
        .map(({ name, description, snaptime, parent, vmstate }) => ({
          name,
          description: description.trim(),
          at: snaptime === null ? null : snaptime * 1000,
          parent,
          memory: vmstate,
        }))
    },
    createSnapshot: (node, vmid, name, description, { memory } = {}) =>
      task(
        `Take snapshot ${name} of VM ${vmid}`,
        ['POST', path`/nodes/${node}/qemu/${vmid}/snapshot`],
        { snapname: name, description, vmstate: memory || undefined },
      ),
    rollbackSnapshot: (node, vmid, name, { start } = {}) =>
      task(
        `Roll VM ${vmid} back to ${name}`,
        ['POST', path`/nodes/${node}/qemu/${vmid}/snapshot/${name}/rollback`],
        { start: start || undefined },
      ),
    deleteSnapshot: (node, vmid, name) =>
      task(`Delete snapshot ${name} of VM ${vmid}`, [
        'DELETE',
        path`/nodes/${node}/qemu/${vmid}/snapshot/${name}`,
      ]),
  }
}

import { z } from 'zod'
import * as answers from './answers'
import { type Ask, path, verbsOf } from './ask'
import { type PendingValue, toPending } from './machines'

/** PVE's own cloud-init drive of a VM. */
export type CloudInit = {
  /** The file that the drive would hold if it were written now. */
  dump(node: string, vmid: number, kind: 'user' | 'network' | 'meta'): Promise<string>
  /** The values of its options, with what is not on the drive yet. */
  pending(node: string, vmid: number): Promise<PendingValue[]>
  /** Writes the drive anew, as each start does. */
  regenerate(node: string, vmid: number): Promise<void>
}

/** See {@link CloudInit}. */
export function cloudInitCalls(ask: Ask): CloudInit {
  const { read, change } = verbsOf(ask)
  const at = (node: string, vmid: number) => path`/nodes/${node}/qemu/${vmid}/cloudinit`
  return {
    dump: (node, vmid, type) =>
      read(z.string(), `Read the cloud-init ${type} data of VM ${vmid}`, `${at(node, vmid)}/dump`, {
        type,
      }),
    async pending(node, vmid) {
      const values = await read(
        answers.Pending,
        `Read the cloud-init options of VM ${vmid}`,
        at(node, vmid),
      )
      return values.map(toPending)
    },
    regenerate: (node, vmid) =>
      change(`Write the cloud-init drive of VM ${vmid}`, ['PUT', at(node, vmid)]),
  }
}

import { type Ask, path, verbsOf } from './ask'
import type { Upid, VmParams } from './values'

/** Starting and stopping. What is wrong is only in the task, but for reset, suspend and reboot. */
export type Power = {
  startVm(node: string, vmid: number): Promise<Upid>
  /** Pulls the plug. */
  stopVm(node: string, vmid: number): Promise<Upid>
  /** Asks the guest, and pulls the plug after `graceS`. */
  shutdownVm(node: string, vmid: number, graceS: number): Promise<Upid>
  rebootVm(node: string, vmid: number, graceS: number): Promise<Upid>
  /** Presses the reset button. */
  resetVm(node: string, vmid: number): Promise<Upid>
  /** Stops its CPUs; with `toDisk` it is written to a storage and stopped. */
  suspendVm(node: string, vmid: number, options?: { toDisk?: boolean }): Promise<Upid>
  resumeVm(node: string, vmid: number): Promise<Upid>
}

/** See {@link Power}. */
export function powerCalls(ask: Ask): Power {
  const { task } = verbsOf(ask)
  const power = (node: string, vmid: number, verb: string, body: VmParams = {}) =>
    task(
      `${verb[0]?.toUpperCase()}${verb.slice(1)} VM ${vmid}`,
      ['POST', path`/nodes/${node}/qemu/${vmid}/status/${verb}`],
      body,
    )
  return {
    startVm: (node, vmid) => power(node, vmid, 'start'),
    stopVm: (node, vmid) => power(node, vmid, 'stop'),
    shutdownVm: (node, vmid, graceS) =>
      power(node, vmid, 'shutdown', { timeout: graceS, forceStop: true }),
    rebootVm: (node, vmid, graceS) => power(node, vmid, 'reboot', { timeout: graceS }),
    resetVm: (node, vmid) => power(node, vmid, 'reset'),
    suspendVm: (node, vmid, { toDisk } = {}) =>
      power(node, vmid, 'suspend', { todisk: toDisk || undefined }),
    resumeVm: (node, vmid) => power(node, vmid, 'resume'),
  }
}

import type { StepArgs, VmRef } from '@/lib/plan/step'
import type { Proxmox, VmStatus } from '@/lib/proxmox/proxmox'
import type { StepContext, StepHandler } from '../handler'
import { getOurs, isAway, lookAt } from './our-vm'
import { runTask } from './run-task'

const RESTART_GRACE_S = 120

/** Our VM's state, null if it is not there. Throws where a stranger stands. */
async function statusOfOurs(proxmox: Proxmox, ref: VmRef): Promise<VmStatus | null> {
  const found = await lookAt(proxmox, ref)
  return found.state === 'ours' ? proxmox.findVm(ref.at.node, ref.vmid) : null
}

export const vmStart: StepHandler<StepArgs['vm.start']> = {
  async check({ ref }, ctx) {
    return (await statusOfOurs(await ctx.proxmox(ref.at.connection), ref))?.running === true
  },
  async apply({ ref }, ctx) {
    const proxmox = await ctx.proxmox(ref.at.connection)
    await getOurs(proxmox, ref)
    await runTask(ctx, proxmox, () => proxmox.startVm(ref.at.node, ref.vmid))
    ctx.firstBoot?.watch(ref)
  },
}

/** A VM that is not there does not run either. */
export const vmStop: StepHandler<StepArgs['vm.stop']> = {
  async check({ ref }, ctx) {
    const proxmox = await ctx.proxmox(ref.at.connection)
    if (await isAway(proxmox, ref)) return true
    return (await proxmox.findVm(ref.at.node, ref.vmid))?.running !== true
  },
  async apply({ ref, graceS }, ctx) {
    const proxmox = await ctx.proxmox(ref.at.connection)
    await getOurs(proxmox, ref)
    await runTask(ctx, proxmox, () => stop(proxmox, ref, graceS))
  },
}

const stop = (proxmox: Proxmox, { at, vmid }: VmRef, graceS: number) =>
  graceS > 0 ? proxmox.shutdownVm(at.node, vmid, graceS) : proxmox.stopVm(at.node, vmid)

/**
 * Off and on again, which is what puts pending changes into effect (a reset or a reboot from
 * within the guest keeps the old machine). Done when another machine process runs than the one
 * noted before.
 */
export const vmRestart: StepHandler<StepArgs['vm.restart']> = {
  async check({ ref }, ctx) {
    const before = ctx.notes.get('before')
    if (before === undefined) return false
    const status = await statusOfOurs(await ctx.proxmox(ref.at.connection), ref)
    return status?.running === true && isAnother(status, before)
  },
  async apply({ ref, why }, ctx) {
    const proxmox = await ctx.proxmox(ref.at.connection)
    await getOurs(proxmox, ref)
    const status = await proxmox.findVm(ref.at.node, ref.vmid)
    if (ctx.notes.get('before') === undefined)
      await ctx.notes.set('before', status?.running ? identityOf(status) : 'stopped')
    ctx.log(`Restarting ${ref.name}: ${why}`)
    if (status?.running && !isAnother(status, ctx.notes.get('before') ?? ''))
      await runTask(ctx, proxmox, () => stop(proxmox, ref, RESTART_GRACE_S), 'stop')
    await startIfStopped(proxmox, ref, ctx)
  },
}

async function startIfStopped(proxmox: Proxmox, ref: VmRef, ctx: StepContext): Promise<void> {
  if ((await proxmox.findVm(ref.at.node, ref.vmid))?.running) return
  await runTask(ctx, proxmox, () => proxmox.startVm(ref.at.node, ref.vmid), 'start')
}

/** Names one run of a machine: its process id and how long it ran when it was looked at. */
const identityOf = ({ pid, uptimeS }: VmStatus) => `${pid ?? '-'}/${uptimeS}`

function isAnother(status: VmStatus, before: string): boolean {
  if (before === 'stopped') return true
  const [pid, uptimeS] = before.split('/')
  if (status.pid !== null && pid !== '-') return String(status.pid) !== pid
  return status.uptimeS < Number(uptimeS)
}

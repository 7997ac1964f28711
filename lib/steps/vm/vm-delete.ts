import type { StepArgs, VmRef } from '@/lib/plan/step'
import { drivesOf, unusedVolumes } from '@/lib/proxmox/drive'
import { ProxmoxError } from '@/lib/proxmox/errors'
import type { VmConfig } from '@/lib/proxmox/proxmox'
import type { StepHandler } from '../handler'
import { findOurs, getOurs, isAway } from './our-vm'
import { runTask } from './run-task'

/** Lifts Proxmox's own guard. Only ever inside an approved plan that names the VM. */
export const vmUnprotect: StepHandler<StepArgs['vm.unprotect']> = {
  async check({ ref }, ctx) {
    const config = await findOurs(await ctx.proxmox(ref.at.connection), ref)
    return config === null || (config.values.protection ?? '0') === '0'
  },
  async apply({ ref }, ctx) {
    const proxmox = await ctx.proxmox(ref.at.connection)
    const { digest } = await getOurs(proxmox, ref)
    await proxmox.setConfig(ref.at.node, ref.vmid, { set: { protection: false }, digest })
  },
}

/**
 * Deletes a VM with its system disk. PVE frees every disk that the configuration owns, `unusedN`
 * included (QemuServer.pm destroy_vm), so it is refused while a data disk is on it.
 */
export const vmDelete: StepHandler<StepArgs['vm.delete']> = {
  async check({ ref }, ctx) {
    return isAway(await ctx.proxmox(ref.at.connection), ref)
  },
  async apply({ ref }, ctx) {
    const proxmox = await ctx.proxmox(ref.at.connection)
    refuseDataLoss(ref, await getOurs(proxmox, ref))
    await runTask(ctx, proxmox, () => proxmox.deleteVm(ref.at.node, ref.vmid))
  },
}

function refuseDataLoss(ref: VmRef, { values }: VmConfig): void {
  const data = drivesOf(values).filter(({ kind }) => kind === 'data')
  const left = [
    ...data.map(({ slot, volume, serial }) => `${slot} (${volume}, serial ${serial})`),
    ...unusedVolumes(values).map(([key, volume]) => `${key} (${volume})`),
  ]
  if (left.length === 0) return
  throw new ProxmoxError(
    'proxmox.data-disk-attached',
    `${ref.name} still owns ${left.join(', ')}, which deleting it would destroy - park or delete it first.`,
  )
}

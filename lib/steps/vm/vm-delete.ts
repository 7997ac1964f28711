import { isTakenOver, parseMarker } from '@/lib/plan/marker'
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
 * included (QemuServer.pm destroy_vm), so it is refused while any other disk is on it.
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
  // The plan says so first; this is the last line.
  if (isTakenOver(values.description))
    throw new ProxmoxError(
      'proxmox.not-ours',
      `${ref.name} (VMID ${ref.vmid}) was taken over with what is on it, not made by the panel, which never deletes it - delete it in Proxmox.`,
    )
  const drives = drivesOf(values)
  const system = drives.find(({ kind }) => kind === 'system')
  // A holder has no disk of its own; any other VM has one, and a second came from somebody else.
  const own = parseMarker(ref.marker)?.kind === 'holders' ? undefined : system
  const left = [
    ...drives
      .filter((drive) => drive !== own)
      .map(
        ({ slot, volume, serial }) => `${slot} (${volume}${serial ? `, serial ${serial}` : ''})`,
      ),
    ...unusedVolumes(values).map(([key, volume]) => `${key} (${volume})`),
  ]
  if (left.length === 0) return
  throw new ProxmoxError(
    'proxmox.data-disk-attached',
    `${ref.name} still owns ${left.join(', ')}, which deleting it would destroy - park it, or move it to another machine in Proxmox, or remove it there first.`,
  )
}

import type { VmSpec } from '@/lib/plan/observed'
import type { StepArgs } from '@/lib/plan/step'
import type { VmConfig } from '@/lib/proxmox/proxmox'
import { configChanges } from '@/lib/proxmox/vm-spec'
import type { StepHandler } from '../handler'
import { findOurs, getOurs } from './our-vm'

/** The CD drive that carries the first-boot seed. */
export const SEED_SLOT = 'ide2'

/**
 * Everything of a VM's configuration but its disks, in one write that fails if somebody else wrote
 * meanwhile. What a running VM cannot take at once waits there for its restart.
 */
export const vmConfigure: StepHandler<StepArgs['vm.configure']> = {
  async check({ ref, spec, seedVolume, only }, ctx) {
    const config = await findOurs(await ctx.proxmox(ref.at.connection), ref)
    if (!config || config.values.lock !== undefined) return false
    const { set, remove } = wantedChanges(config, { spec, seedVolume, only })
    return Object.keys(set).length === 0 && remove.length === 0
  },

  async apply({ ref, spec, seedVolume, only }, ctx) {
    const proxmox = await ctx.proxmox(ref.at.connection)
    const config = await getOurs(proxmox, ref)
    const { set, remove } = wantedChanges(config, { spec, seedVolume, only })
    for (const [key, value] of Object.entries(set))
      ctx.log(`${key}: ${config.values[key] ?? '(unset)'} -> ${value}`)
    for (const key of remove) ctx.log(`${key}: ${config.values[key]} -> (unset)`)
    await proxmox.setConfig(ref.at.node, ref.vmid, { set, remove, digest: config.digest })
  },
}

type Wanted = { spec: VmSpec; seedVolume: string | null; only: string[] | undefined }

function wantedChanges({ values }: VmConfig, { spec, seedVolume, only }: Wanted) {
  const { set, remove } = configChanges(values, spec, only)
  if (seedVolume !== null && !values[SEED_SLOT]?.startsWith(`${seedVolume},`))
    set[SEED_SLOT] = `${seedVolume},media=cdrom`
  // OVMF keeps its variables on a small disk of its own; without Microsoft's keys, for DKMS drivers.
  const written = only === undefined || only.includes('bios')
  if (written && spec.bios === 'ovmf' && values.efidisk0 === undefined && spec.disks[0])
    set.efidisk0 = `${spec.disks[0].storage}:1,efitype=4m,pre-enrolled-keys=0`
  return { set, remove }
}

import type { VmRef } from './step'

/**
 * File name of a VM's first-boot seed among a storage's `iso` content. From the VMID alone, so that
 * `seed.upload`, `vm.configure` and `seed.remove` agree without handing anything on; two panels on
 * one Proxmox cannot hold the same VMID.
 */
export const seedFile = (ref: Pick<VmRef, 'vmid'>): string => `drawbridge-seed-${ref.vmid}.iso`

/** The same as a PVE volume id, `local:iso/drawbridge-seed-211.iso`. */
export const seedVolume = (storage: string, ref: Pick<VmRef, 'vmid'>): string =>
  `${storage}:iso/${seedFile(ref)}`

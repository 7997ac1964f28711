import { guestReady } from './guest-ready'
import type { StepHandlers } from './handler'
import { seedRemove, seedUpload } from './seed/seed-steps'
import { diskDelete, diskPark, diskUnpark } from './vm/disk-park'
import { imageDownload, templateBake, templateCreate, templateSeal } from './vm/template'
import { vmAdopt } from './vm/vm-adopt'
import { vmClone } from './vm/vm-clone'
import { vmConfigure } from './vm/vm-configure'
import { vmDelete, vmUnprotect } from './vm/vm-delete'
import { vmDisks } from './vm/vm-disks'
import { vmRestart, vmStart, vmStop } from './vm/vm-power'

/** Kinds of steps that act on Proxmox, and the one that waits for a guest's first boot. */
export type VmKind = Extract<
  keyof StepHandlers,
  | `image.${string}`
  | `template.${string}`
  | `seed.${string}`
  | `vm.${string}`
  | `disk.${string}`
  | 'guest.ready'
>

/** One handler for each of them; leaving one out is a type error. */
export const vmHandlers: Pick<StepHandlers, VmKind> = {
  'image.download': imageDownload,
  'template.create': templateCreate,
  'template.bake': templateBake,
  'template.seal': templateSeal,
  'seed.upload': seedUpload,
  'seed.remove': seedRemove,
  'vm.clone': vmClone,
  'vm.configure': vmConfigure,
  'vm.adopt': vmAdopt,
  'vm.disks': vmDisks,
  'vm.start': vmStart,
  'vm.stop': vmStop,
  'vm.restart': vmRestart,
  'vm.unprotect': vmUnprotect,
  'vm.delete': vmDelete,
  'disk.park': diskPark,
  'disk.unpark': diskUnpark,
  'disk.delete': diskDelete,
  'guest.ready': guestReady,
}

import type { Disk, Host, Vm, VmRole } from './topology'

/**
 * What an absent field means, published so that nothing is silent. Proxmox's own API defaults are
 * not those of its UI (`cpu` kvm64, `scsihw` lsi, `onboot` 0, `agent` 0, ballooning on,
 * `protection` 0), so every one of these is sent.
 */
export const VM_DEFAULTS = {
  /** The oldest type that recent glibc images start on, with AES; the same on Intel and AMD. */
  cpuType: 'x86-64-v2-AES',
  machine: 'q35',
  bios: 'seabios',
  agent: true,
  onBoot: true,
  /** Off: Kubernetes and the OOM killer both reckon with memory that stays. */
  balloonMib: 0,
} as const

/** Started in this order after a power cut: what others need comes first. */
export const START_ORDER: Record<VmRole, number | null> = {
  nfs: 1,
  'load-balancer': 2,
  'control-plane': 3,
  worker: 4,
  plain: null,
}

/** Whether Proxmox refuses to delete a VM of this role, so that no slip of a mouse does. */
export const PROTECTED: Record<VmRole, boolean> = {
  'control-plane': true,
  nfs: true,
  'load-balancer': false,
  worker: false,
  plain: false,
}

export const DISK_DEFAULTS = { discard: true, ssd: true, iothread: true } as const

/** What Proxmox VE itself needs; ZFS wants more (its cache takes up to a tenth of the memory). */
export const HOST_DEFAULTS = { reserveMemoryMib: 2048 } as const

export const NIC_DEFAULTS = { model: 'virtio', firewall: false } as const

/** Every disk hangs on a controller of its own (`iothread` needs it); not a field. */
export const SCSI_CONTROLLER = 'virtio-scsi-single'

export const DEFAULT_BRIDGE = 'vmbr0'

/** Login of the panel on every VM. */
export const DEFAULT_USER = 'drawbridge'

export const API_SERVER_PORT = 6443

/** A VM's disk id when the document names no system disk. */
export const IMPLICIT_SYSTEM_DISK = 'system'

/** Storage that a disk without one lands on: the host's first that may keep images. */
export function defaultStorage(host: Host | undefined): string {
  const storages = Object.entries(host?.storages ?? {})
  const block = storages.find(([, each]) => each.content?.includes('images') ?? each.kind !== 'dir')
  return block?.[0] ?? 'local-lvm'
}

/** The disks in slot order, the implicit system disk included. */
export function disksOf(vm: Vm): [id: string, disk: Disk][] {
  const written = Object.entries(vm.disks ?? {})
  // An adopted VM has the disks that it has.
  if (vm.adopted || written.some(([, disk]) => disk.kind === 'system')) return written
  return [[IMPLICIT_SYSTEM_DISK, { kind: 'system' }], ...written]
}

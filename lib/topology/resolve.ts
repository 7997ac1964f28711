import type { Disk, PoolPurpose, VmRole } from './topology'

/** A VM with everything decided: size, defaults and networks looked up. Null where the document leaves it open. */
export type ResolvedVm = {
  id: string
  name: string
  role: VmRole
  host: string | null
  vmid: number | null
  template: string | null
  cpus: number
  memoryMib: number
  /** 0 = off. */
  balloonMib: number
  cpuType: string
  machine: string
  bios: 'seabios' | 'ovmf'
  agent: boolean
  onBoot: boolean
  startOrder: number | null
  startDelayS: number | null
  protection: boolean
  /** Sorted. */
  tags: string[]
  nics: ResolvedNic[]
  disks: ResolvedDisk[]
}

export type ResolvedNic = {
  id: string
  /** `net0` ... in the document's order. */
  slot: string
  network: string
  bridge: string
  vlan: number | null
  address: string | null
  /** Prefix length of the network. */
  prefix: number
  /** Only the first NIC with a gateway carries the default route. */
  gateway: string | null
  dns: string[]
  domain: string | null
  mac: string | null
  mtu: number | null
  model: 'virtio' | 'e1000'
  firewall: boolean
}

export type ResolvedDisk = {
  id: string
  /** `scsi0` ... in the document's order. */
  slot: string
  kind: Disk['kind']
  /** Names a data disk for life, at most 20 characters; null on a system disk. */
  serial: string | null
  sizeGib: number
  storage: string
  use: 'nfs' | 'longhorn' | 'plain' | null
  mount: string | null
  discard: boolean
  ssd: boolean
  iothread: boolean
}

/** The pool purpose that an address of a VM of this role comes from, on the network it stands in. */
export const POOL_OF_ROLE: Record<VmRole, PoolPurpose> = {
  'control-plane': 'control-planes',
  worker: 'workers',
  'load-balancer': 'load-balancers',
  nfs: 'storage',
  plain: 'vms',
}

/**
 * What a connection's Proxmox has, as far as a document can be fitted to it: read by the connection's
 * test, kept with it, plain JSON. Nothing in it is secret; names of guests are in it.
 */
export type Inventory = {
  /** UTC milliseconds of the reading. */
  at: number
  nodes: InventoryNode[]
}

export type InventoryNode = {
  node: string
  /** Null: it could not be read, and why is in `trouble`. */
  facts: NodeFacts | null
  trouble: string | null
}

export type NodeFacts = {
  /** Such as `9.0.11`. */
  version: string
  cpuModel: string | null
  /** The most capable CPU type of `CPU_TYPES` that its processor has; null where it does not say. */
  cpuType: CpuType | null
  cpuThreads: number
  memoryMib: number
  bridges: InventoryBridge[]
  storages: InventoryStorage[]
  dns: { search: string | null; servers: string[] } | null
  guests: InventoryGuest[]
}

export type InventoryBridge = {
  name: string
  vlanAware: boolean
  /** Of the host's own address on it, such as `192.168.1.10/24`. */
  address: string | null
  gateway: string | null
}

export type InventoryStorage = {
  id: string
  type: string
  content: string[]
  active: boolean
  shared: boolean
  totalGib: number
  usedGib: number
}

export type InventoryGuest = {
  vmid: number
  name: string
  kind: 'qemu' | 'lxc'
  running: boolean
  template: boolean
  cpus: number
  memoryMib: number
  /** The marker line in its description; null if no panel made it. */
  marker: string | null
  /** Whether it is of the topology that is fitted; not stored, told by whoever asks for a fit. */
  ours?: boolean
  /** IPv4 addresses that cloud-init gives it or, while it runs, that it says it has. */
  addresses: string[]
  /** How a VM is set up, for taking it over; absent for containers and where the reader is older. */
  machine?: InventoryMachine
}

/** A VM's configuration in Proxmox's terms. */
export type InventoryMachine = {
  /** The same under `cpus` and `memoryMib` as Proxmox lists them, but from the configuration. */
  cpus: number
  memoryMib: number
  balloonMib: number
  cpuType: string
  /** `q35`, `i440fx`, or a pinned one such as `pc-q35-8.1`. */
  machine: string
  bios: 'seabios' | 'ovmf'
  agent: boolean
  onBoot: boolean
  startOrder: number | null
  startDelayS: number | null
  protection: boolean
  tags: string[]
  nics: InventoryNic[]
  disks: InventoryDisk[]
  /** Slots in the order that it boots from; empty where it does not say. */
  boot: string[]
  /** Whether it has a cloud-init drive, that of somebody else. */
  cloudInit: boolean
  /** Devices passed through: `hostpci0: 0000:01:00.0`. */
  passed: string[]
  /** Further lines of its configuration that a document has no field for: `scsihw`, `ostype`. */
  others: string[]
  /** Proxmox's lock, such as `backup`. */
  lock: string | null
  /** Name of the snapshot that it stands on; null without any. */
  snapshot: string | null
}

export type InventoryNic = {
  slot: string
  model: 'virtio' | 'e1000' | 'e1000e' | 'rtl8139' | 'vmxnet3'
  /** Upper case; empty for a model that nobody knows. */
  mac: string
  bridge: string
  tag: number | null
  firewall: boolean
  mtu: number | null
  /** What cloud-init gives it: an address with its prefix, `dhcp`, or null. */
  given: string | null
  gateway: string | null
}

export type InventoryDisk = {
  slot: string
  /** Empty for one that is no volume of a storage, such as a whole disk passed through. */
  storage: string
  /** May be a fraction. */
  sizeGib: number
  serial: string | null
  discard: boolean
  ssd: boolean
  iothread: boolean
}

/** CPU types that a VM may be given, from the oldest. Source: QEMU's x86-64 ABI levels, as PVE 8 offers them. */
export const CPU_TYPES = ['kvm64', 'x86-64-v2', 'x86-64-v2-AES'] as const
export type CpuType = (typeof CPU_TYPES)[number]

/**
 * The CPU type that a processor with these flags (`cpuinfo.flags` of PVE's node status) can run;
 * null where no flags are told. SSE4.2 came with everything else of v2 (Nehalem, 2008; Bulldozer, 2011).
 */
export function cpuTypeOf(flags: string): CpuType | null {
  const has = new Set(flags.split(/\s+/).filter(Boolean))
  if (has.size === 0) return null
  if (!has.has('sse4_2')) return 'kvm64'
  return has.has('aes') ? 'x86-64-v2-AES' : 'x86-64-v2'
}

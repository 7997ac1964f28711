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

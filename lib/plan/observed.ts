import type { Sighting } from '@/lib/topology/ipam-sighting'
import type { IpSetSpec, RuleSpec } from './firewall/rule'

/**
 * One thing looked at: what it is, that it is not there, or why nobody knows. Unknown is never
 * treated as empty. `at` and `since` are UTC milliseconds.
 */
export type Seen<T> =
  | { state: 'known'; value: T; at: number }
  | { state: 'absent'; at: number }
  | { state: 'unknown'; reason: string; since: number | null }

/** What was read from the world. Filled in by lib/steps/observe.ts, read by planning and the pages. Plain JSON. */
export type Observed = {
  /** When the reading began. */
  at: number
  /** By host id of the topology, role proxmox only. */
  hosts: Record<string, Seen<ObservedHost>>
  /** By template id. */
  templates: Record<string, Seen<ObservedTemplate>>
  /** By VM id; found by marker, not by name. */
  vms: Record<string, Seen<ObservedVm>>
  /** By cluster id. */
  clusters: Record<string, Seen<ObservedCluster>>
  /** By VM id: what a running guest says over SSH. Absent where nobody looked. */
  guests?: Record<string, Seen<GuestFacts>>
  /** Data disks that wait in a holder VM of this topology. Absent where the reader is older. */
  parked?: ParkedDisk[]
  /** Who was seen at an address, newest first. Absent where the reader is older. */
  sightings?: Sighting[]
  /**
   * By VM id: what stands at the VMID of a VM of the document that carries no marker of this topology.
   * Absent where the reader is older.
   */
  unmarked?: Record<string, ObservedUnmarked>
  /** By connection: what is there of Proxmox's SDN. Only where the document asks, or had it made. */
  sdn?: Record<string, Seen<ObservedSdn>>
  /** By connection: Proxmox's firewall. Only where the document has policies, or had them before. */
  firewall?: Record<string, Seen<ObservedFirewall>>
  /** By VM id: `SHA256:...` of the SSH host key that the panel made and pinned. */
  hostKeys?: Record<string, string>
}

/** A machine without our marker at a VMID that the document names. */
export type ObservedUnmarked = {
  vmid: number
  node: string
  name: string
  /** Upper case, in the order of its slots. */
  macs: string[]
  /** Its description, or as Proxmox calls it its notes, at most 2000 characters of them. */
  notes: string
  /** Another panel's or topology's marker in them. */
  marker: string | null
  lock: string | null
  template: boolean
}

/** A data disk kept by a holder VM (marker kind `holders`) after its own VM was deleted. */
export type ParkedDisk = {
  serial: string
  node: string
  holderVmid: number
  storage: string
  sizeGib: number
}

/** What planning needs to know of the inside of a guest. */
export type GuestFacts = {
  /** SHA-256 of the files that the panel writes, null for one that is not there. */
  files: Record<string, string | null>
  /** `systemctl is-active` of the services that matter. */
  services: Record<string, string>
}

export type ObservedHost = {
  node: string
  /** Such as `9.0.4`. */
  version: string
  cpuThreads: number
  memoryMib: number
  memoryUsedMib: number
  uptimeS: number
  /** 0 to 1. */
  cpuLoad: number
  storages: Record<
    string,
    { type: string; totalGib: number; usedGib: number; content: string[]; active: boolean }
  >
  bridges: string[]
  /** Its interfaces in full; absent where the reader is older. */
  network?: ObservedNetwork
  /** Every guest on the host, ours or not. */
  guests: ObservedGuest[]
}

/** A host's interfaces as they will be after what is staged is applied. */
export type ObservedNetwork = {
  interfaces: ObservedInterface[]
  /** Difference that waits to be applied, as Proxmox shows it; null: none. */
  staged: string | null
  /** Names of those that carry the host's own address or stand below it. */
  management: string[]
  /** Whether the panel's token may change them; absent where nobody asks it to. */
  mayChange?: boolean
}

/** One interface of a host, in the words of Proxmox. */
export type ObservedInterface = {
  name: string
  /** `bridge`, `OVSBridge`, `vlan`, `bond`, `eth` ... */
  type: string
  active: boolean
  /** Of a bridge, sorted. */
  ports: string[]
  /** What a VLAN interface stands on. */
  rawDevice: string | null
  vlanAware: boolean
  /** Tags that a VLAN-aware bridge passes, `2-4094`; null: all. */
  vids: string | null
  mtu: number | null
  /** The marker line in its comment, null if it is not ours. */
  marker: string | null
}

/** Proxmox's SDN with what is staged of it. */
export type ObservedSdn = {
  zones: { zone: string; kind: string; bridge: string | null; staged: boolean }[]
  vnets: {
    vnet: string
    zone: string
    tag: number | null
    /** The marker in its alias, null if it is not ours. */
    marker: string | null
    /** Whether our alias says that its zone was made for it. */
    withZone: boolean
    staged: boolean
    subnets: { id: string; cidr: string; gateway: string | null; staged: boolean }[]
  }[]
  /** By node that is up: zones that it has running. */
  nodes: Record<string, string[]>
  /** Whether the panel's token may change it; absent where nobody asks it to. */
  mayChange?: boolean
}

/** Proxmox's firewall, of the datacenter and of the VMs of this topology. */
export type ObservedFirewall = {
  /** Of the datacenter: while it is off nothing filters anything. */
  enabled: boolean
  rules: RuleSpec[]
  /** By VM id. */
  vms: Record<string, ObservedVmFirewall>
  /** Whether the panel's token may change it. */
  mayChange: boolean
}

export type ObservedVmFirewall = {
  enabled: boolean
  /** What becomes of packets that no rule takes; null: nobody wrote it, and Proxmox drops them. */
  policyIn: 'ACCEPT' | 'REJECT' | 'DROP' | null
  /** Packets from other addresses than its own are dropped. */
  ipFilter: boolean
  rules: RuleSpec[]
  sets: IpSetSpec[]
}

export type ObservedGuest = {
  vmid: number
  name: string
  kind: 'qemu' | 'lxc'
  running: boolean
  template: boolean
  cpus: number
  memoryMib: number
  diskGib: number
  /** GiB promised by storage; absent where its configuration is not read (containers, older readers). */
  storages?: Record<string, number>
  /** The marker line in its description, null if it is not ours. */
  marker: string | null
}

export type ObservedTemplate = {
  vmid: number
  node: string
  name: string
  baked: boolean
  specHash: string | null
  /** When Proxmox created it, UTC milliseconds; absent where it does not say (before PVE 7). */
  madeAt?: number
}

export type ObservedVm = {
  vmid: number
  node: string
  running: boolean
  /** Proxmox's `lock`, such as `clone`. */
  lock: string | null
  uptimeS: number
  /** QEMU stopped it at a write that failed, as on a full pool; it is "running" all the same. */
  ioError?: true
  /** Digest of its configuration. */
  digest: string
  uuid: string | null
  spec: VmSpec
  /** Keys whose change waits for a restart. */
  pending: string[]
  /** What the guest agent reports, null without one. */
  addresses: string[] | null
  /** 0 to 1; null when stopped. */
  cpuLoad: number | null
  memoryUsedMib: number | null
  /** Whether the panel's first-boot seed is still attached. */
  seedAttached: boolean
  /** Its marker says that somebody else made it; see `takenOverMarker`. */
  takenOver?: true
}

/** A VM's configuration in Proxmox's terms, as wanted (from a topology) and as seen (from the API). */
export type VmSpec = {
  name: string
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
  nics: NicSpec[]
  disks: DiskSpec[]
  /** Devices passed through; absent where there are none, as in steps that older panels planned. */
  pci?: PciSpec[]
}

/** A PCI device that is passed through. */
export type PciSpec = {
  /** `hostpci0` ... */
  slot: string
  /** Name of the mapping in Proxmox; null for one that root passed by its address, which is left alone. */
  mapping: string | null
  /** On the PCIe bus, which only the machine q35 has. */
  pcie: boolean
}

export type NicSpec = {
  /** `net0` ... */
  slot: string
  model: 'virtio' | 'e1000' | 'e1000e' | 'rtl8139' | 'vmxnet3'
  /** Upper case. */
  mac: string
  bridge: string
  tag: number | null
  firewall: boolean
  mtu: number | null
}

export type DiskSpec = {
  /** `scsi0` ... */
  slot: string
  /** Serial that the guest sees; names the disk for life. At most 20 characters. Null on a system disk. */
  serial: string | null
  storage: string
  sizeGib: number
  kind: 'system' | 'data'
  discard: boolean
  ssd: boolean
  iothread: boolean
}

export type ObservedCluster = {
  /** Such as `v1.29.15`. */
  version: string
  ready: boolean
  nodes: ObservedNode[]
  etcdMembers: { name: string; learner: boolean | null; healthy: boolean }[]
  /** By Helm release `namespace/name`. */
  releases: Record<
    string,
    {
      chart: string
      version: string
      status: string
      revision: number
      /** From our label on the release; null if the release is not ours. */
      valuesHash: string | null
      addOn: string | null
    }
  >
  /** Pods that are neither running nor completed. */
  unwellPods: { namespace: string; name: string; reason: string; message: string }[]
  /** Post-install resources that exist, by `kind/namespace/name`, with the hash in our annotation. */
  resources: Record<string, string | null>
  podCount: number
  /** What kubeadm or k3s made it with and cannot change; absent where no record is kept. */
  made?: {
    podCidr: string
    serviceCidr: string
    /** `name:port`; absent where no node was told it. */
    endpoint?: string
    /** Of k3s: whether its own network runs. */
    network?: 'flannel' | 'calico'
    /** Of k3s: what it was started with, and can be changed on its servers alone. */
    encryptSecrets?: boolean
    audit?: boolean
  }
}

export type ObservedNode = {
  name: string
  ready: boolean
  reason: string | null
  schedulable: boolean
  roles: string[]
  version: string
  address: string
  labels: Record<string, string>
}

import type { Answer } from './api/answer'
import type { LabRequest } from './api/request'
import type { Now } from './clock'
import type { ClusterState, HostNetwork, Section } from './cluster-state'
import type { Fault } from './faults'
import type { Disk } from './guest/disk'
import type { Guest } from './guest/guest'
import type { LabKubernetes } from './kubernetes/lab-kubernetes'
import type { Task } from './tasks/task'

/**
 * The whole simulated homelab as plain JSON. Transitions change it in place: one owner holds it,
 * and copying every guest's files for each request would be waste. They are pure in the sense that
 * matters: the same state, request and {@link Now} always end in the same state and answer.
 */
export type LabState = ClusterState & {
  v: 1
  /** The PVE that this is; absent = 9. */
  release?: '8.4' | '9'
  /** Of the pseudo-random numbers: MACs, UUIDs, tickets, boot ids. */
  seed: number
  /** Virtual instant up to which everything has happened. */
  at: number
  hosts: Record<string, LabHost>
  storages: Record<string, LabStorage>
  /** By {@link volumeKey}. */
  volumes: Record<string, Volume>
  /** By VMID, containers included. */
  vms: Record<string, Vm>
  /** Oldest first. */
  tasks: Task[]
  /** Next number for pids and the like. */
  serial: number
  locks: Record<string, HeldLock>
  /** Requests that wait for a lock; a restart drops them with their connections. */
  waiters: Waiter[]
  access: Access
  faults: Fault[]
  record: LabRecord
  /** Consoles that wait for a client, by their ticket; absent until the first. */
  consoles?: Record<string, LabConsole>
  /** Hosts that the HA manager misses, each with the virtual instant at which it is fenced. */
  missed?: Record<string, number>
  /** Guests whose start is about to begin by itself, after the tasks of this turn. */
  starting?: number[]
  /** Hosts that were fenced and have not come back. */
  fenced?: string[]
  /** Clusters that kubeadm made in guests; absent until the first. */
  kubernetes?: LabKubernetes
}

export type LabHost = {
  node: string
  address: string
  cpuModel: string
  cpuThreads: number
  memoryMib: number
  /** Used by the host itself and what runs in it beside VMs. */
  ownMemoryMib: number
  bootedWall: number
  bridges: { name: string; ports: string; vlanAware: boolean; cidr: string | null }[]
  pci: LabPciDevice[]
  /** Absent: as {@link bridges} say. */
  network?: HostNetwork
  /** Virtual instant from which pvestatd has reported; absent = always has. */
  statsFrom?: number
  /** Where another certificate was put in place of PVE's own. */
  certificate?: { pem: string; fingerprint: string; notBefore: number; notAfter: number }
  /** Of `/etc/resolv.conf`; absent: the router of the first bridge with an address. */
  dns?: Section
  timezone?: string
  /** A QEMU that is not PVE's own and tells less, by its version; absent = PVE's. */
  foreignQemu?: string
  /** Boots without EFI. */
  legacyBios?: boolean
}

export type LabPciDevice = {
  id: string
  class: string
  vendor: string
  device: string
  group: number
  /** Hexadecimal ids with 0x, where the host tells them. */
  ids?: { vendor: string; device: string; subsystemVendor?: string; subsystemDevice?: string }
  subsystem?: { vendor: string; device: string }
}

export type LabStorage = {
  id: string
  type: 'dir' | 'lvmthin' | 'zfspool' | 'nfs'
  nodes: string[] | null
  totalBytes: number
  /** Used by what is no volume: the root file system, metadata. */
  ownBytes: number
  content: string[]
  shared: boolean
  /** What else its section of storage.cfg says: path, vgname, thinpool, server, disable ... */
  config?: Section
}

export type Volume = {
  volid: string
  node: string
  storage: string
  content: 'images' | 'iso' | 'import' | 'rootdir' | 'backup' | 'vztmpl'
  format: string
  /** Size that a guest sees. */
  bytes: number
  /** What it takes on its storage; grows on thin ones. */
  usedBytes: number
  vmid: number | null
  parent: string | null
  ctime: number
  /** What is written on a disk image. */
  disk: Disk | null
  /** Text files of an uploaded ISO 9660 image, by name in lower case; null if it is none. */
  files: Record<string, string> | null
  /** Of a backup: what it holds of its guest. */
  backup?: { config: VmConfig; disks: Snapshot['disks'] }
  notes?: string | null
  protected?: boolean
}

/** Raw configuration values as PVE's file has them. */
export type VmConfig = Record<string, string>

export type Vm = {
  vmid: number
  node: string
  kind: 'qemu' | 'lxc'
  config: VmConfig
  /** Set and removed keys that wait for the next start; null = removed. */
  pending: Record<string, string | null>
  /** Configuration as the running machine has it; null when stopped. */
  active: VmConfig | null
  running: boolean
  paused: boolean
  /** QEMU stopped it at a write that failed; until it is resumed or started anew. */
  ioError?: boolean
  startedAt: number
  startedWall: number
  /** Virtual instant at which it was last switched off; absent where it never ran. */
  stoppedAt?: number
  pid: number
  snapshots: Record<string, Snapshot>
  parentSnapshot: string | null
  guest: Guest | null
  /** Drives made so far by a clone whose configuration is not written yet. */
  building: VmConfig | null
  /** Fixed figures for containers and unmanaged guests that have no guest behind them. */
  load: { cpu: number; memoryMib: number } | null
}

export type Snapshot = {
  config: VmConfig
  description: string
  snaptime: number
  parent: string | null
  withRam: boolean
  disks: Record<string, { bytes: number; usedBytes: number; disk: Disk | null }>
}

/** What a ticket of vncproxy or termproxy opens. `vmid` null: a shell on the host itself. */
export type LabConsole = {
  node: string
  vmid: number | null
  type: string
  /** A picture (vncproxy) and not a terminal (termproxy). */
  screen: boolean
  port: number
  user: string
  /** Wall time from which it is refused: people and sockets do not go faster in a fast lab. */
  until: number
}

export type HeldLock = { mode: 'exclusive' | 'shared'; holders: string[] }

export type Waiter = {
  ticket: number
  lock: string
  deadline: number
  error: string
  request: LabRequest
}

export type LabUser = {
  password: string | null
  enable?: boolean
  /** UTC seconds, 0 = never. */
  expire?: number
  comment?: string
  email?: string
  firstname?: string
  lastname?: string
  groups?: string[]
}

export type Access = {
  users: Record<string, LabUser>
  /** By `user@realm!name`. */
  tokens: Record<string, { secret: string; privsep: boolean; comment?: string; expire?: number }>
  groups?: Record<string, { comment: string | null }>
  roles: Record<string, string[]>
  /** `who` is a user or a token id. */
  acl: { path: string; who: string; role: string; propagate: boolean }[]
  tickets: Record<string, { user: string; csrf: string; until: number }>
}

/** What benches and tests ask for: who held which lock for how long, in virtual milliseconds. */
export type LabRecord = {
  holds: { lock: string; holder: string; waitedMs: number; from: number; to: number | null }[]
  requests: number
  commands: number
}

/** Volumes of local storages exist once per node. */
export const volumeKey = (node: string, volid: string): string => `${node}|${volid}`

/** Everything a transition works with. `effects` is what the outside has to carry out. */
export type Lab = { state: LabState; now: Now; effects: Effect[] }

/** What happened that somebody outside waits for. */
export type Effect =
  /** A request that waited has its answer. */
  | { type: 'reply'; ticket: number; answer: Answer }
  /** A process in a guest wrote to a channel. */
  | { type: 'output'; process: string; stream: 'out' | 'err'; data: string }
  | { type: 'exit'; process: string; code: number }

import type { HaRule } from '../ha'
import type { Proxmox } from '../proxmox'

/** What the calls of the table are made on. Another target, of things that are not there, is the absent case. */
export type CallTarget = {
  node: string
  /** A second node; the same where there is one alone. */
  other: string
  /** Made by the table, without an operating system. */
  vm: number
  /** The same, for what takes a second one. */
  second: number
  /** Made a template by the table. */
  template: number
  /** A clone of it. */
  clone: number
  /** A restored backup of the first. */
  restored: number
  /** Nobody's VMID, for a disk without a VM. */
  free: number
  /** A running VM whose guest agent answers. */
  guest: number
  /** For disks. */
  images: string
  /** For files, images to import, and backups. */
  files: string
  /** A storage that the table defines. */
  storage: string
  pool: string
  job: string
  mapping: string
  haName: string
  zone: string
  vnet: string
  iface: string
  alias: string
  set: string
  group: string
  snapshot: string
  /** Where the lab or a real host fetches a small image from. */
  imageUrl: string
  /** PEM of a certificate and its key, for the node. */
  certificate: { chainPem: string; keyPem: string }
  /** Of `waitForTask` with a host that does not answer. */
  patienceMs: number
  /** What calls keep for those after them: task ids, digests, volumes. */
  kept: Map<string, string>
}

/** One row: a call, in the order in which they can all succeed one after the other. */
export type CallRow = {
  /** `task`: answers a task's id, which is waited for. */
  is: 'read' | 'change' | 'task'
  run(proxmox: Proxmox, target: CallTarget): Promise<unknown>
  /**
   * On a target that is not there: an error of that code (default `proxmox.not-found`, also in the
   * task), an answer all the same, or nothing to be absent.
   */
  absent?: 'answers' | 'none' | `proxmox.${string}`
  /** To a token without rights: what it may see is answered, mostly as nothing. Default: refused. */
  forbidden?: 'answers'
  /** 8 has no such path, which PVE answers before it asks for rights; the call makes sense of that. */
  unknownIn8?: true
  /** Waits for the flock of `target.vm`, at once or in its task. */
  locks?: true
  /** Not of this major version. */
  only?: 8 | 9
}

type Areas =
  | 'cloudInit'
  | 'storageConfig'
  | 'disks'
  | 'backups'
  | 'backupJobs'
  | 'pools'
  | 'cluster'
  | 'ha'
  | 'mappings'
  | 'network'
  | 'sdn'
  | 'firewall'
  | 'certificates'
  | 'updates'
  | 'consoles'

/** Every call of the driver: `startVm`, `ha.createRule`. One that is not in the table is a type error. */
export type CallName =
  | Exclude<keyof Proxmox, Areas | 'close'>
  | { [A in Areas]: `${A}.${string & keyof Proxmox[A]}` }[Areas]

export const ruleOf = (target: CallTarget): HaRule => ({
  ...{ rule: target.haName, kind: 'node-affinity', enabled: true, comment: 'x', strict: false },
  resources: [`vm:${target.vm}`],
  nodes: [{ node: target.node, priority: 1 }],
})

/** A target of a table: everything it makes has a name of its own. */
export const callTarget = (
  given: Partial<CallTarget> & Pick<CallTarget, 'node' | 'certificate'>,
): CallTarget => ({
  ...{
    other: given.node,
    vm: 8811,
    second: 8812,
    template: 8813,
    clone: 8814,
    restored: 8815,
    free: 8819,
  },
  ...{ guest: 8816, images: 'local-lvm', files: 'local', storage: 'conform' },
  ...{ pool: 'conformance', job: 'conformance', mapping: 'conformance', haName: 'conformance' },
  ...{ zone: 'conf', vnet: 'confnet', iface: 'vmbr77', alias: 'conformance', set: 'conformance' },
  ...{ group: 'conformance', snapshot: 'conformance', patienceMs: 60_000 },
  imageUrl: 'https://cloud-images.example/debian-12-genericcloud-amd64.qcow2',
  kept: new Map(),
  ...given,
})

/** The same names, of which nothing is there. */
export const nothingOf = (target: CallTarget): CallTarget => ({
  ...target,
  ...{
    vm: 9811,
    second: 9812,
    template: 9813,
    clone: 9814,
    restored: 9815,
    free: 9819,
    guest: 9816,
  },
  ...{ images: 'nope', files: 'nope', storage: 'nope', pool: 'nope', job: 'nope', mapping: 'nope' },
  ...{ haName: 'nope', zone: 'nope', vnet: 'nope', iface: 'vmbr99', alias: 'nope', set: 'nope' },
  ...{ group: 'nope', snapshot: 'nope' },
  kept: new Map([
    ['upid', `UPID:${target.node}:00000001:00000001:5F000000:qmstart:9811:root@pam:`],
    ['volume', 'nope:vm-9811-disk-0'],
    ['backup', 'nope:backup/vzdump-qemu-9811-2026_01_01-00_00_00.vma.zst'],
  ]),
})

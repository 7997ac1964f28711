import type { DagNode } from '@/lib/dag/dag'
import type { IpSetSpec, RuleSpec } from './firewall/rule'
import type { VmSpec } from './observed'

/** Where on Proxmox: the panel's connection and PVE's own node name. */
export type Place = { connection: string; node: string }

/**
 * One VM on Proxmox. `vm` is its id in the topology; `marker` is the line that its description
 * carries from the creating call on.
 */
export type VmRef = { at: Place; vmid: number; vm: string; name: string; marker: string }

/**
 * A machine reached over SSH. Keys and pins are in the secret store under names that follow from
 * `topologyId` and `vm` (lib/plan/secret-names.ts).
 */
export type GuestRef = {
  connection: string
  topologyId: string
  vm: string
  name: string
  address: string
  user: string
}

/** What a NoCloud seed says, without its keys. */
export type SeedSpec = {
  instanceId: string
  hostname: string
  domain: string | null
  user: string
  authorizedKeys: string[]
  timezone: string | null
  ntp: string[]
  packages: string[]
  nics: {
    mac: string
    /** With prefix, `10.2.0.11/24`. */
    address: string | null
    gateway: string | null
    dns: string[]
    mtu: number | null
    routes: { to: string; via: string }[]
  }[]
  /** Lines for the guest's hosts file that must survive a reboot: `10.2.0.5 k8s.lan`. */
  hosts: string[]
}

/** A Kubernetes cluster as the steps address it. */
export type ClusterRef = {
  topologyId: string
  cluster: string
  name: string
  connection: string
  /** controlPlaneEndpoint. */
  endpoint: { name: string; address: string; port: number }
  /** Full version without `v`, `1.29.15`. */
  version: string
  podCidr: string
  serviceCidr: string
  cniMode: 'ebpf' | 'iptables'
  /** Of the first control plane in the document. */
  firstControlPlane: GuestRef
  /** Set for a cluster of k3s; kubeadm's have none. */
  k3s?: K3sRef
}

/** What makes a cluster one of k3s. */
export type K3sRef = {
  /** Tag of its release, `v1.36.1+k3s1`. */
  release: string
  /** SQLite for a single server; etcd inside k3s for several. */
  datastore: 'sqlite' | 'etcd'
  /** k3s brings flannel and its network policies, unless the document draws another network. */
  network: 'flannel' | 'calico'
}

/** What the servers of a k3s cluster have in common beside {@link K3sRef}. */
export type K3sServers = {
  /** Names and addresses that the API's certificate is for. */
  certSans: string[]
  /** Whether others run the pods: then servers take none but the cluster's own. */
  dedicated: boolean
  /** Secrets are encrypted in the datastore. */
  encryptSecrets: boolean
  audit: { level: 'metadata' | 'request' | 'request-response'; keepDays: number } | null
}

/** A registry that nodes of k3s pull through a mirror. `password` names a secret of the document. */
export type K3sMirror = {
  registry: string
  mirror: string
  ca: string | null
  user: string | null
  password: string | null
}

/** A bridge or a VLAN interface of a host that is ours. */
export type HostInterface = {
  name: string
  type: 'bridge' | 'vlan'
  /** Of a bridge, sorted; empty: its guests reach each other alone. */
  ports: string[]
  vlanAware: boolean
  /** Of a VLAN interface: what it stands on, and its tag. */
  rawDevice: string | null
  tag: number | null
  /** Null: nothing is asked. */
  mtu: number | null
  /** Line of its comment. */
  marker: string
}

/** A zone that is made for a network of ours. */
export type SdnZone = {
  zone: string
  kind: 'simple' | 'vlan' | 'vxlan'
  /** Of kind vlan: the bridge whose tags it gives out. */
  bridge: string | null
  /** Of kind vxlan: addresses of all nodes. */
  peers: string[]
  mtu: number | null
}

/** A network of Proxmox's SDN that is ours. */
export type SdnVnet = {
  vnet: string
  zone: string
  tag: number | null
  marker: string
  /** Whether its zone is ours as well and goes with the last of its networks. */
  withZone: boolean
  /** Of a simple zone, where the nodes are the gateway. */
  subnet: { cidr: string; gateway: string } | null
}

type NodeLabels = Record<string, string>

/**
 * What each kind of step needs to know. Plain JSON: a step is stored with its job, shown in the
 * browser and read back by a worker that may be newer than the plan, so names here are a contract.
 */
export type StepArgs = {
  // Proxmox: templates
  'image.download': { at: Place; storage: string; file: string; url: string; sha256: string | null }
  'template.create': {
    ref: VmRef
    storage: string
    /** Volume of the downloaded image, `local:import/jammy.qcow2`. */
    image: string
    seedStorage: string
    topologyId: string
    seed: SeedSpec
    bridge: string
    tag: number | null
  }
  'template.bake': { ref: VmRef }
  'template.seal': { ref: VmRef; seedStorage: string; specHash: string }

  // Proxmox: VMs
  'seed.upload': { ref: VmRef; topologyId: string; storage: string; seed: SeedSpec }
  'vm.clone': { ref: VmRef; templateVmid: number; templateNode: string; storage: string }
  'vm.configure': {
    ref: VmRef
    spec: VmSpec
    seedVolume: string | null
    /**
     * Fields of the spec (`memoryMib`, `net0`) that are written, and no key beside them. Given for a VM
     * that was adopted; without it everything is written, the panel's fixed settings too.
     */
    only?: string[]
  }
  /** Adds the marker to the notes of a machine that has one of these MACs, or without any this name. */
  /** `made`: the panel made it and its marker was lost; else it is taken over for good. */
  'vm.adopt': { ref: VmRef; macs: string[]; made?: true }
  'vm.disks': { ref: VmRef; disks: VmSpec['disks'] }
  'vm.start': { ref: VmRef }
  'vm.stop': {
    ref: VmRef /** Ask the guest first; then pull the plug after this long. */
    graceS: number
  }
  'vm.restart': { ref: VmRef; why: string }
  'vm.unprotect': { ref: VmRef }
  'vm.delete': { ref: VmRef }
  'seed.remove': { ref: VmRef; storage: string }
  /** Moves a data disk, found by its serial, to the holder VM so that deleting its VM keeps it. */
  'disk.park': { ref: VmRef; holder: VmRef; serial: string }
  /** Takes a parked data disk back from the holder. Does nothing if the VM has it already. */
  'disk.unpark': { ref: VmRef; holder: VmRef; serial: string; slot: string }
  'disk.delete': { ref: VmRef; serial: string }

  // Networks of hosts
  /** All that one host gets or loses, because Proxmox reloads its network as a whole. */
  'host.network': {
    at: Place
    make: HostInterface[]
    /** Ours that are wanted no more; whatever stands above comes first. */
    remove: { name: string; marker: string }[]
    /** Addresses of the host by which it is reached. */
    management: string[]
  }
  /** All that one Proxmox gets or loses of its SDN, which is applied on every node at once. */
  'sdn.network': {
    connection: string
    zones: SdnZone[]
    vnets: SdnVnet[]
    remove: { vnets: { vnet: string; marker: string }[]; zones: string[] }
  }

  /** Rules and sets of ours on one VM; none: they are taken away, and what others wrote stays. */
  'firewall.vm': { ref: VmRef; owner: string; rules: RuleSpec[]; sets: IpSetSpec[] }
  /** The datacenter's firewall, which decides about every host of a Proxmox. */
  'firewall.datacenter': {
    connection: string
    owner: string
    /** Switched on and watched, or switched off. */
    on: boolean
    /** Who must still get in: written as rules before it is switched on, and checked. */
    accepts: RuleSpec[]
    mustReach: { name: string; from: string; ports: number[] }[]
  }

  // Guests over SSH
  'guest.ready': { guest: GuestRef }
  'guest.reach': {
    guest: GuestRef
    gateway: string | null
    ntp: string[]
    /** A name that later steps need; Kubernetes' packages if absent. */
    probe?: string
  }
  'guest.kernel': { guest: GuestRef }
  'guest.containerd': { guest: GuestRef; sandboxImage: string }
  'guest.kube-packages': { guest: GuestRef; version: string }
  'guest.k3s': { guest: GuestRef; release: string; mirrors: K3sMirror[]; cas: string[] }
  'guest.haproxy': {
    guest: GuestRef
    port: number
    backends: { name: string; address: string }[]
    /** Whether the API servers answer nobody without a certificate, as k3s's do. */
    anonymous?: false
  }
  'guest.nfs': { guest: GuestRef; serial: string; mount: string; clients: string[] }
  'guest.data-disk': { guest: GuestRef; serial: string; mount: string }

  // Kubernetes
  'k8s.init': { cluster: ClusterRef; guest: GuestRef; certSans: string[] }
  'k8s.join-control-plane': { cluster: ClusterRef; guest: GuestRef }
  'k8s.join-worker': { cluster: ClusterRef; guest: GuestRef }
  'k3s.server': { cluster: ClusterRef; guest: GuestRef; servers: K3sServers; labels: NodeLabels }
  'k3s.join-server': {
    cluster: ClusterRef
    guest: GuestRef
    servers: K3sServers
    labels: NodeLabels
  }
  'k3s.join-agent': { cluster: ClusterRef; guest: GuestRef; labels: NodeLabels }
  'k8s.kubeconfig': { cluster: ClusterRef; guest: GuestRef }
  'k8s.labels': { cluster: ClusterRef; node: string; labels: Record<string, string> }
  'k8s.node-ready': {
    cluster: ClusterRef
    node: string
    /** Given after its machine was restarted: then what the node said before that does not count. */
    guest?: GuestRef
  }
  'k8s.drain': { cluster: ClusterRef; node: string }
  'k8s.remove-node': { cluster: ClusterRef; node: string }
  'k8s.uncordon': { cluster: ClusterRef; node: string }
  'addon.install': {
    cluster: ClusterRef
    addOn: string
    release: string
    namespace: string
    chart: string
    repo: string
    version: string
    /** Without secrets: `{ $secret: name }` stands where one goes. */
    values: Record<string, unknown>
    valuesHash: string
    /** Namespace labels, such as Pod Security's. */
    namespaceLabels: Record<string, string>
    timeoutS: number
  }
  'addon.resources': {
    cluster: ClusterRef
    addOn: string
    /** Manifests, applied server-side with a hash in an annotation of each. */
    resources: {
      apiVersion: string
      kind: string
      name: string
      namespace: string | null
      manifest: Record<string, unknown>
      hash: string
    }[]
  }
  'addon.remove': { cluster: ClusterRef; addOn: string; release: string; namespace: string }
}

export type StepKind = keyof StepArgs

/** One unit of work. `id` is readable and stable across plans: `vm.clone:k8s-master-1`. */
export type Step<K extends StepKind = StepKind> = {
  [P in K]: DagNode & {
    kind: P
    args: StepArgs[P]
    /** Why it is in the plan, in words: "k8s-worker-2 does not exist". */
    reason: string
    /** The object it acts on, as a path into the document: `['vms', 'k8s-worker-2']`. Locks are per object. */
    object: readonly string[]
    /** What it does to the object, for the plan's signs and counts. */
    effect: Effect
    /** Expected duration in seconds. */
    etaS: number
    /** Names of exclusive locks held while it runs, such as `storage:lab/pve1/local-lvm`. */
    locks: readonly string[]
  }
}[K]

/** `prepare` and `check` change nothing that a person would call the object. */
export type Effect =
  | 'create'
  | 'change'
  | 'adopt'
  | 'reboot'
  | 'replace'
  | 'destroy'
  | 'start'
  | 'stop'
  | 'prepare'

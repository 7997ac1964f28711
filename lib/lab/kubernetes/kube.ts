/** A Kubernetes object as the API stores it. */
export type KubeObject = {
  apiVersion: string
  kind: string
  metadata: {
    name: string
    namespace?: string
    uid?: string
    resourceVersion?: string
    creationTimestamp?: string
    deletionTimestamp?: string
    generation?: number
    labels?: Record<string, string>
    annotations?: Record<string, string>
    ownerReferences?: OwnerReference[]
    [key: string]: unknown
  }
  [key: string]: unknown
}

export type OwnerReference = {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
}

/** One simulated cluster: what its etcd holds, and what only runs. Plain JSON. */
export type Kube = {
  uid: string
  /** clusterName of kubeadm. */
  name: string
  /** `v1.29.14` */
  version: string
  endpoint: { name: string; port: number }
  podCidr: string
  serviceCidr: string
  /** Names and addresses that the API server's certificate is for. */
  certSans: string[]
  /** PEM; each cluster has an authority of its own. */
  ca: KubePki
  /** Last resource version given out. */
  rv: number
  /** By path, such as `/api/v1/nodes/k8s-master-1`. */
  objects: Record<string, KubeObject>
  /** What changed lately, for watches; bounded. */
  changes: KubeChange[]
  /** etcd's members by node name. */
  members: Record<string, { id: string; peer: string; learner: boolean }>
  tokens: { token: string; until: number }[]
  /** Key of the uploaded certificates and until when (virtual ms), null if there are none. */
  certificateKey: { key: string; until: number } | null
  /** By pod path: the next phase and the virtual instant it comes. */
  pods: Record<string, { next: 'creating' | 'running' | 'gone'; due: number }>
  /** Virtual instant at which each node was first missed. */
  missedSince: Record<string, number>
  /** Images that are on each node already: starting them again is quick. */
  pulled: Record<string, string[]>
  /** Of a cluster of k3s; kubeadm's have none. */
  k3s?: {
    /** Its one server, in `members`, keeps everything in SQLite; there is no etcd. */
    sqlite: boolean
    /** Whether k3s' own network runs. */
    flannel: boolean
    serverToken: string
    agentToken: string
    /** What further servers have to say alike. */
    critical: Record<string, string>
  }
}

export type KubePki = {
  caCert: string
  caKey: string
  adminCert: string
  adminKey: string
}

export type KubeChange = {
  rv: number
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  /** Collection path without namespace, such as `/api/v1/pods`. */
  collection: string
  object: KubeObject
}

/** What the machines below a cluster are like now. */
export type KubeWorld = {
  /** Virtual milliseconds. */
  at: number
  /** UTC milliseconds, for timestamps. */
  wall: number
  nodes: Record<string, KubeMachine>
  /** Pods that get stuck: name prefix -> reason and message (a fault). */
  stuck: { pod: string; reason: string; message: string }[]
  random(low: number, high: number): number
  hex(length: number): string
}

export type KubeMachine = {
  /** Its kubelet runs: the VM is up and the unit is active. */
  kubelet: boolean
  address: string
  cpus: number
  memoryMib: number
  os: string
  kernel: string
  containerRuntime: string
}

/** Stores an object under its path with a new version, and tells watchers. */
export function put(kube: Kube, path: string, object: KubeObject, world: KubeWorld): KubeObject {
  const before = kube.objects[path]
  kube.rv += 1
  const stored: KubeObject = {
    ...object,
    metadata: {
      ...object.metadata,
      uid: before?.metadata.uid ?? uuid(world),
      creationTimestamp:
        before?.metadata.creationTimestamp ??
        new Date(world.wall).toISOString().replace(/\.\d+/, ''),
      resourceVersion: String(kube.rv),
    },
  }
  kube.objects[path] = stored
  indexOf(kube).set(path, stored)
  note(kube, before ? 'MODIFIED' : 'ADDED', path, stored)
  return stored
}

/** Removes an object and what it owns. */
export function drop(kube: Kube, path: string): void {
  const object = kube.objects[path]
  if (!object) return
  delete kube.objects[path]
  delete kube.pods[path]
  indexOf(kube).delete(path)
  kube.rv += 1
  note(kube, 'DELETED', path, object)
  for (const [other, owned] of Object.entries(kube.objects)) {
    if (owned.metadata.ownerReferences?.some((owner) => owner.uid === object.metadata.uid))
      drop(kube, other)
  }
}

const KEPT_CHANGES = 1000

function note(kube: Kube, type: KubeChange['type'], path: string, object: KubeObject): void {
  kube.changes.push({ rv: kube.rv, type, collection: collectionOf(path), object })
  if (kube.changes.length > KEPT_CHANGES) kube.changes.splice(0, kube.changes.length - KEPT_CHANGES)
}

const COLLECTIONS = new Map<string, string>()

/** `/api/v1/namespaces/x/pods/y` -> `/api/v1/pods`. Remembered: every list asks it of every object. */
export function collectionOf(path: string): string {
  const known = COLLECTIONS.get(path)
  if (known !== undefined) return known
  const collection = path.replace(/\/namespaces\/[^/]+(?=\/[^/]+\/)/, '').replace(/\/[^/]+$/, '')
  if (COLLECTIONS.size > 20_000) COLLECTIONS.clear()
  COLLECTIONS.set(path, collection)
  return collection
}

function uuid(world: KubeWorld): string {
  const hex = world.hex(32)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}

/** The objects of a cluster by collection and path. */
class ObjectIndex {
  readonly #collections = new Map<string, Map<string, KubeObject>>()

  constructor(objects: Record<string, KubeObject>) {
    for (const [path, object] of Object.entries(objects)) this.set(path, object)
  }

  set(path: string, object: KubeObject): void {
    const collection = collectionOf(path)
    const held = this.#collections.get(collection) ?? new Map<string, KubeObject>()
    this.#collections.set(collection, held.set(path, object))
  }

  delete(path: string): void {
    this.#collections.get(collectionOf(path))?.delete(path)
  }

  of(collection: string): KubeObject[] {
    return [...(this.#collections.get(collection)?.values() ?? [])]
  }
}

/** Made when first asked for, also of a state that was read from a file; `put` and `drop` keep it. */
const INDEXES = new WeakMap<Kube['objects'], ObjectIndex>()

function indexOf({ objects }: Kube): ObjectIndex {
  const index = INDEXES.get(objects) ?? new ObjectIndex(objects)
  INDEXES.set(objects, index)
  return index
}

/** The objects of a collection, in all namespaces or one. */
export function list(kube: Kube, collection: string, namespace?: string): KubeObject[] {
  const all = indexOf(kube).of(collection)
  return namespace === undefined
    ? all
    : all.filter((object) => object.metadata.namespace === namespace)
}

/** The path of an object of a known collection. */
export function pathIn(collection: string, name: string, namespace?: string): string {
  if (namespace === undefined) return `${collection}/${name}`
  const cut = collection.lastIndexOf('/')
  return `${collection.slice(0, cut)}/namespaces/${namespace}${collection.slice(cut)}/${name}`
}

import type { AddOn, Cluster, Values } from '@/lib/topology/topology'

/** One add-on as data and small functions of its context. Facts carry their source beside them. */
export type CatalogueEntry = {
  id: string
  name: string
  /** One line: what a person gets. */
  about: string
  category: 'network' | 'storage' | 'observability' | 'security' | 'delivery' | 'backup' | 'core'
  chart: { repo: string; name: string }
  /** Newest first; the first whose range holds the cluster's minor is taken. */
  pins: Pin[]
  namespace: string
  release: string
  podSecurity: 'privileged' | 'baseline' | 'restricted'
  /** Add-ons without which it cannot work. Missing ones are a problem of the document. */
  needs: string[]
  /** Add-ons that it waits for when they are there. */
  after: string[]
  /** Our values; the document's are merged over them. `{ $secret: name }` stands for a sealed value. */
  values(context: AddOnContext): Values
  /** Applied before the chart, the namespace first. */
  before?(context: AddOnContext): Manifest[]
  /** Applied once the chart is ready. */
  afterwards?(context: AddOnContext): Manifest[]
  /** Names of secrets that only a person can know; any other that has no value is made when needed. */
  given?: readonly string[]
  /** Set when its makers have ended it. */
  ended?: { on: string; successor: string; source: string }
  /** Limit of `helm --wait`. */
  timeoutS: number
  /** Expected duration in seconds, before there are measurements. */
  etaS: number
}

/** A chart version for Kubernetes minors `from` to `to`, inclusive. */
export type Pin = { from: string; to: string; version: string; app: string; source: string }

export type Manifest = {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string; labels?: Record<string, string> }
  [key: string]: unknown
}

/** What the topology says that an add-on may need. Built by `addOnContext`. */
export type AddOnContext = {
  clusterId: string
  cluster: Cluster
  addOn: AddOn
  /** Ids of the add-ons that are on in this cluster. */
  on: ReadonlySet<string>
  endpoint: { name: string; address: string; port: number }
  /** `10.2.0.100-10.2.0.150` of the add-on's pool, null without one. */
  poolRange: string | null
  /** CIDR of the network that the nodes stand in. */
  nodeCidr: string | null
  /** Copies of stored data that make sense, and the sentence why. */
  replicas: { count: number; why: string }
  nodes: number
  /** Export that backs shared volumes. */
  nfs: { server: string; path: string } | null
  /** Mount point of the workers' Longhorn disks, null without such a disk. */
  longhornPath: string | null
  /** S3 address of the topology's backup service. */
  s3Url: string | null
  storageClass: string | null
}

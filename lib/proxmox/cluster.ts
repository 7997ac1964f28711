import { z } from 'zod'
import { flag, flagOn, list, nullable, num, text } from './answer-values'
import * as answers from './answers'
import { type Ask, verbsOf } from './ask'
import { ProxmoxError } from './errors'
import { type Change, paramsOf, splitList } from './values'

export type ClusterStatus = {
  /** Null: a single node without a cluster. */
  name: string | null
  /** Whether changes are possible. A single node always has it. */
  quorate: boolean
  nodes: { node: string; address: string | null; online: boolean; local: boolean }[]
}
/** One line of everything that there is. May be 10 s behind. */
export type ClusterResource = {
  kind: 'qemu' | 'lxc' | 'node' | 'storage' | 'sdn' | 'pool' | 'other'
  /** `qemu/211` */
  id: string
  node: string | null
  vmid: number | null
  name: string | null
  status: string | null
  template: boolean
  pool: string | null
  tags: string[]
}
export type ClusterOptions = {
  /** VMIDs that `nextId` gives out, both inclusive. */
  nextId: { from: number; to: number }
  macPrefix: string
  /** Tags that only an admin may set. */
  registeredTags: string[]
  /** Most tasks of a bulk action or of HA at once. */
  maxWorkers: number
  /** Everything as PVE keeps it. */
  raw: Record<string, unknown>
}

/** The cluster as a whole. */
export type Cluster = {
  status(): Promise<ClusterStatus>
  resources(kind?: 'vm' | 'storage' | 'node' | 'sdn'): Promise<ClusterResource[]>
  options(): Promise<ClusterOptions>
  setOptions(change: Change): Promise<void>
  /** The first free VMID. Not reserved: whoever makes a guest there first has it. */
  nextId(): Promise<number>
  vmidIsFree(vmid: number): Promise<boolean>
}

const StatusLine = z.object({
  type: z.string(),
  name: z.string(),
  ip: nullable(z.string()),
  online: flag,
  local: flag,
  quorate: flagOn,
})
const Resource = z.object({
  id: z.string(),
  type: z.string(),
  node: nullable(z.string()),
  vmid: nullable(num),
  name: nullable(text),
  status: nullable(z.string()),
  template: flag,
  pool: nullable(z.string()),
  tags: z.string().optional(),
})
const Options = z
  .object({
    'next-id': z
      .union([z.string(), z.record(z.string(), text)])
      .nullish()
      .transform((value) => value ?? ''),
    mac_prefix: z.string().default('BC:24:11'),
    'registered-tags': z.union([z.array(z.string()), list]).default([]),
    max_workers: num.default(4),
  })
  .catchall(z.unknown())

const KINDS = ['qemu', 'lxc', 'node', 'storage', 'sdn', 'pool'] as const

/** See {@link Cluster}. */
export function clusterCalls(ask: Ask): Cluster {
  const { read, change } = verbsOf(ask)
  return {
    async status() {
      const what = 'Read the state of the cluster'
      const lines = await read(z.array(StatusLine), what, '/cluster/status')
      const cluster = lines.find(({ type }) => type === 'cluster')
      return {
        name: cluster?.name ?? null,
        quorate: cluster?.quorate ?? true,
        nodes: lines
          .filter(({ type }) => type === 'node')
          .map(({ name, ip, online, local }) => ({ node: name, address: ip, online, local })),
      }
    },
    async resources(kind) {
      const query = { type: kind }
      const what = 'List what is in the cluster'
      const found = await read(z.array(Resource), what, '/cluster/resources', query)
      return found.map(({ type, tags, ...rest }) => ({
        ...rest,
        kind: KINDS.find((known) => known === type) ?? 'other',
        tags: splitList(tags).toSorted(),
      }))
    },
    async options() {
      const raw = await read(Options, "Read the cluster's options", '/cluster/options')
      return {
        nextId: rangeOf(raw['next-id']),
        macPrefix: raw.mac_prefix,
        registeredTags: raw['registered-tags'],
        maxWorkers: raw.max_workers,
        raw,
      }
    },
    setOptions: (wanted) =>
      change("Change the cluster's options", ['PUT', '/cluster/options'], paramsOf(wanted)),
    nextId: () => read(num, 'Ask for a free VMID', '/cluster/nextid'),
    async vmidIsFree(vmid) {
      try {
        await read(answers.Nothing, `Ask whether VMID ${vmid} is free`, '/cluster/nextid', { vmid })
        return true
      } catch (error) {
        // 400 `vmid: VM 201 already exists` (API2/Cluster.pm:908).
        if (error instanceof ProxmoxError && error.code === 'proxmox.exists') return false
        throw error
      }
    },
  }
}

/** `lower=100,upper=1000000`, or the same taken apart. PVE's default: 100 to 1,000,000. */
function rangeOf(value: string | Record<string, string>): { from: number; to: number } {
  const parts =
    typeof value === 'string'
      ? new Map(value.split(',').map((part) => part.split('=') as [string, string]))
      : new Map(Object.entries(value))
  return { from: Number(parts.get('lower') ?? 100), to: Number(parts.get('upper') ?? 1_000_000) }
}

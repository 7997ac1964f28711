import type { Edit } from '@/lib/topology/edit'
import { freeId } from '@/lib/topology/free-id'
import { networkOf } from '@/lib/topology/ipam'
import { formatIpv4, parseIpv4 } from '@/lib/topology/ipv4'
import type { Kind, Topology, VmRole } from '@/lib/topology/topology'
import { blankObject } from '../inspector/blank-object'
import { fieldsAt } from '../inspector/fields-at'

/** Something that can be added: where it goes decides the rest. */
export type Addition = {
  id: string
  label: string
  role: VmRole | 'vm' | 'network' | 'service' | 'host' | 'cluster' | 'device' | 'storage' | 'group'
  /** The edit, and the path of what it makes; `target` is what it was dropped on. */
  make: (topology: Topology, target: readonly string[] | null) => Added
  /** Why it cannot be added to this topology yet, null if it can. */
  whyNot?: (topology: Topology) => string | null
}
export type Added = { label: string; edit: Edit; path: readonly string[] }

const VM_NAMES: Record<VmRole, string> = {
  plain: 'vm',
  'control-plane': 'k8s-master',
  worker: 'k8s-worker',
  'load-balancer': 'load-balancer',
  nfs: 'nfs',
}

/** Everything that the palette offers, in this order. */
export const ADDITIONS: readonly Addition[] = [
  vm('plain', 'VM'),
  vm('worker', 'Worker'),
  vm('control-plane', 'Control plane'),
  vm('load-balancer', 'Load balancer'),
  vm('nfs', 'NFS server'),
  { id: 'networks', label: 'Network', role: 'network', make: addNetwork },
  {
    id: 'pools',
    label: 'Address pool',
    role: 'network',
    make: addPool,
    whyNot: ({ networks }) =>
      Object.keys(networks ?? {}).length === 0
        ? 'A pool lies in a network - add that first.'
        : null,
  },
  object('sizes', 'VM size', 'group', 'size'),
  object('templates', 'Template', 'group', 'template'),
  object('hosts', 'Host', 'host', 'pve'),
  object('switches', 'Switch', 'device', 'switch'),
  object('routers', 'Router', 'device', 'router'),
  object('clusters', 'Cluster', 'cluster', 'cluster'),
  object('services', 'Service', 'service', 'service'),
  object('unmanaged', 'Unmanaged guest', 'vm', 'guest'),
  object('reservations', 'Reservation', 'network', 'reservation'),
  object('policies', 'Policy', 'network', 'policy'),
  object('sites', 'Site', 'group', 'site'),
  object('ups', 'UPS', 'device', 'ups'),
]

/** The addition of an id, null where nobody knows it. */
export function findAddition(id: string): Addition | null {
  return ADDITIONS.find((addition) => addition.id === id) ?? null
}

function vm(role: VmRole, label: string): Addition {
  return {
    id: `vms/${role}`,
    label,
    role,
    make: (topology, target) => {
      const id = nextName(topology, VM_NAMES[role])
      const network = target?.[0] === 'networks' ? target[1] : homeNetwork(topology, role)
      const host = target?.[0] === 'hosts' ? target[1] : undefined
      const size = usualSize(topology, role)
      const edit: Edit = {
        kind: 'addVm',
        id,
        role,
        ...(network === undefined ? {} : { network }),
        ...(host === undefined ? {} : { host }),
        ...(size === undefined ? {} : { size }),
      }
      return { label: `Add ${id}`, edit, path: ['vms', id] }
    },
  }
}

/** `k8s-worker-4` after three of them; `vm`, `vm-2` for those that stand alone. */
export function nextName(topology: Topology, base: string): string {
  const numbers = Object.keys(topology.vms ?? {}).flatMap((id) => {
    const match = new RegExp(`^${base}-(\\d+)$`).exec(id)
    return match?.[1] ? [Number(match[1])] : []
  })
  const next = numbers.length > 0 ? `${base}-${Math.max(...numbers) + 1}` : base
  return freeId(topology.vms, next)
}

/** Where others of the role stand, else where any VM stands, else the first network. */
function homeNetwork(topology: Topology, role: VmRole): string | undefined {
  const vms = Object.values(topology.vms ?? {})
  const like = vms.find((each) => each.role === role) ?? vms[0]
  return Object.values(like?.nics ?? {})[0]?.network ?? Object.keys(topology.networks ?? {})[0]
}

function usualSize(topology: Topology, role: VmRole): string | undefined {
  return Object.values(topology.vms ?? {}).find((each) => each.role === role)?.size
}

function object(kind: Kind, label: string, role: Addition['role'], base: string): Addition {
  return {
    id: kind,
    label,
    role,
    make: (topology) => {
      const id = freeId(topology[kind], base)
      const blank = blankObject(fieldsAt([kind, id]), topology)
      const value = typeof blank === 'string' ? {} : blank
      return {
        label: `Add ${id}`,
        edit: { kind: 'addObject', collection: kind, id, value },
        path: [kind, id],
      }
    },
  }
}

function addNetwork(topology: Topology): Added {
  const id = freeId(topology.networks, 'network')
  const cidr = freeCidr(topology)
  const vlan = freeTag(topology)
  return {
    label: `Add ${id}`,
    edit: { kind: 'addNetwork', id, cidr, ...(vlan === undefined ? {} : { vlan }) },
    path: ['networks', id],
  }
}

/** The first 10.x.0.0/24 whose addresses no network has. */
function freeCidr(topology: Topology): string {
  for (let n = 0; n < 256; n += 1) {
    if (networkOf(topology, `10.${n}.0.1`) === null) return `10.${n}.0.0/24`
  }
  return '172.16.0.0/24'
}

function freeTag(topology: Topology): number | undefined {
  const taken = new Set(Object.values(topology.networks ?? {}).map(({ vlan }) => vlan))
  for (let tag = 10; tag <= 4094; tag += 10) if (!taken.has(tag)) return tag
  return undefined
}

function addPool(topology: Topology, target: readonly string[] | null): Added {
  const networks = topology.networks ?? {}
  const network = target?.[0] === 'networks' ? (target[1] ?? '') : (Object.keys(networks)[0] ?? '')
  const base = parseIpv4(networks[network]?.cidr.split('/')[0] ?? '10.0.0.0') ?? 0
  const used = Object.values(topology.pools ?? {}).filter((pool) => pool.network === network)
  const top = Math.max(base + 9, ...used.map(({ to }) => parseIpv4(to) ?? 0))
  const id = freeId(topology.pools, network === '' ? 'pool' : `${network}-pool`)
  return {
    label: `Add ${id}`,
    edit: {
      kind: 'addPool',
      id,
      network,
      from: formatIpv4(top + 1),
      to: formatIpv4(top + 10),
      purpose: 'vms',
    },
    path: ['pools', id],
  }
}

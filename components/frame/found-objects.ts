'use client'

import { useMemo } from 'react'
import { useTopology } from '@/components/query/queries'
import { pages } from '@/lib/api/paths'
import type { Topology } from '@/lib/topology/topology'

/** An object of a topology as search finds it: by name, id, address, VMID or tag. */
export type FoundObject = { id: string; label: string; words: string; note: string; path: string }

/** Whatever has a name in the document and a place to look at it. */
export function findObjects(topologyId: string, document: Topology): FoundObject[] {
  const inDesign = (kind: string, id: string) =>
    `${pages.design(topologyId)}?item=${encodeURIComponent(`${kind}/${id}`)}`
  const found: FoundObject[] = []
  const add = (kind: string, id: string, label: string, note: string, path: string) =>
    found.push({ id: `${kind}/${id}`, label, note, path, words: `${kind} ${id} ${note}` })
  for (const [id, vm] of Object.entries(document.vms ?? {})) {
    const addresses = Object.values(vm.nics ?? {}).flatMap((nic) => nic.address ?? [])
    const note = [vm.vmid, ...addresses].filter((each) => each !== undefined).join(' ')
    add('vms', id, vm.name ?? id, note, pages.vm(topologyId, id))
  }
  for (const [id, host] of Object.entries(document.hosts ?? {})) {
    const path = host.role === 'proxmox' ? pages.host(topologyId, id) : inDesign('hosts', id)
    add('hosts', id, host.name ?? id, host.address ?? '', path)
  }
  for (const [id, network] of Object.entries(document.networks ?? {})) {
    const note = network.vlan === undefined ? network.cidr : `VLAN ${network.vlan} ${network.cidr}`
    add('networks', id, network.name ?? id, note, pages.network(topologyId, id))
  }
  for (const [id, { name, address, owner }] of Object.entries(document.reservations ?? {})) {
    const path = pages.addresses(topologyId, `?at=${encodeURIComponent(address)}`)
    add('reservations', id, name ?? id, [address, owner].filter(Boolean).join(' '), path)
  }
  for (const [id, pool] of Object.entries(document.pools ?? {}))
    add('pools', id, pool.name ?? id, `${pool.from} - ${pool.to}`, inDesign('pools', id))
  for (const kind of ['unmanaged', 'services', 'routers', 'switches', 'sites', 'ups'] as const) {
    for (const [id, object] of Object.entries(document[kind] ?? {}))
      add(kind, id, object.name ?? id, noteOf(object), inDesign(kind, id))
  }
  for (const [id, cluster] of Object.entries(document.clusters ?? {})) {
    add('clusters', id, cluster.name ?? id, cluster.kubernetes, pages.cluster(topologyId))
    for (const addOn of Object.keys(cluster.addOns ?? {}))
      add('add-ons', addOn, addOn, cluster.name ?? id, pages.addOns(topologyId))
  }
  return found
}

/** What tells it apart from its likes, and finds it: VMID, addresses, model. */
const noteOf = (object: {
  vmid?: number | undefined
  address?: string | undefined
  addresses?: string[] | undefined
  model?: string | undefined
}): string =>
  [object.vmid, object.address, ...(object.addresses ?? []), object.model]
    .filter((each) => each !== undefined)
    .join(' ')

const NONE: FoundObject[] = []

export function useFoundObjects(topologyId: string | null): FoundObject[] {
  const { data } = useTopology(topologyId)
  return useMemo(() => (data ? findObjects(data.id, data.document) : NONE), [data])
}

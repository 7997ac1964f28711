import { isShared } from '../shared-storage'
import type { Service } from '../topology'
import type { Survey } from './survey'

/** Kinds that a place or a server is looked for in, in this order. */
export const PLACES = ['hosts', 'vms', 'unmanaged', 'clusters', 'services', 'routers'] as const

/** Who answers at an address or a name, as `vms/web`; undefined for what the document does not know. */
export type Answers = (addressOrName: string) => string | undefined

/**
 * Machines by address, by name, and by name with the domain of their first network. The document is
 * gone through when somebody asks first, because most documents ask nothing.
 */
export function machinesByName(survey: Survey): Answers {
  let found: Map<string, string> | null = null
  return (key) => {
    found ??= collectNames(survey)
    return found.get(key)
  }
}

function collectNames({ topology, vms, networkById, hosts }: Survey): Map<string, string> {
  const found = new Map<string, string>()
  const add = (key: string | undefined, node: string) => {
    if (key !== undefined && !found.has(key)) found.set(key, node)
  }
  for (const [id, { address, name }] of hosts) {
    for (const key of [address, name ?? id]) add(key, `hosts/${id}`)
  }
  for (const { id, vm } of vms) {
    const nics = Object.values(vm.nics ?? {})
    const domain = networkById.get(nics[0]?.network ?? '')?.network.domain
    for (const { address } of nics) add(address, `vms/${id}`)
    add(vm.name ?? id, `vms/${id}`)
    if (domain !== undefined) add(`${vm.name ?? id}.${domain}`, `vms/${id}`)
  }
  for (const [id, { addresses }] of Object.entries(topology.unmanaged ?? {})) {
    for (const address of addresses ?? []) add(address, `unmanaged/${id}`)
  }
  return found
}

/** Id of the place that a service runs on: what it says, else the machine that has its address. */
export const placeOfService = (service: Service, machines: Answers): string | undefined =>
  service.runsOn ??
  (service.address === undefined ? undefined : machines(service.address)?.split('/')[1])

/** Id of the place that holds a service's data: where it keeps it, else where it runs. */
export const dataPlaceOf = (service: Service, machines: Answers): string | undefined =>
  service.keepsOn ?? placeOfService(service, machines)

/** The host of a place: a guest's, or the place itself. */
export const hostOfPlace = ({ topology, vmById }: Survey, place: string): string =>
  vmById.get(place)?.vm.host ?? topology.unmanaged?.[place]?.host ?? place

/**
 * The hosts whose disks hold what a place stores: those of a VM's storages, of a cluster's workers.
 * Empty where it lies on a NAS that the document does not place.
 */
export function dataHostsOf(survey: Survey, place: string): string[] {
  const { topology, vmById } = survey
  const cluster = topology.clusters?.[place]
  if (cluster) return [...new Set(cluster.workers.flatMap((id) => dataHostsOf(survey, id)))]
  const vm = vmById.get(place)
  if (!vm) return [hostOfPlace(survey, place)]
  const data = vm.disks.filter(({ disk }) => disk.kind === 'data')
  return [
    ...new Set(
      (data.length > 0 ? data : vm.disks).flatMap(({ storage }) => {
        const found = vm.host?.storages?.[storage]
        if (found?.servedBy !== undefined) return hostOfPlace(survey, found.servedBy)
        return found && isShared(found) ? [] : (vm.vm.host ?? [])
      }),
    ),
  ]
}

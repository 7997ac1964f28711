import { disksBelow } from '../disks-below'
import type { Problem } from '../problem'
import { isShared } from '../shared-storage'
import type { Cluster, Service, Storage } from '../topology'
import { note, warning } from './rule'
import type { Survey, SurveyedVm } from './survey'
import { dataHostsOf, dataPlaceOf, hostOfPlace, machinesByName } from './whereabouts'

/** `backup.inside`, `backup.same-disk`, `backup.same-host`, `backup.no-storage`: a backup that is lost together with what it backs up. */
export function backupsAreElsewhere(survey: Survey): Problem[] {
  if (!survey.vms.some(({ vm }) => vm.backup)) return []
  const machines = machinesByName(survey)
  return survey.vms.flatMap((vm) => {
    const { backup } = vm.vm
    if (!backup) return []
    if (backup.service !== undefined) {
      const service = survey.topology.services?.[backup.service]
      return service
        ? insideService(survey, vm, dataPlaceOf(service, machines), backup.service)
        : []
    }
    if (backup.storage === undefined) {
      return [
        warning(
          'backup.no-storage',
          ['vms', vm.id, 'backup'],
          `The backup of ${vm.id} names neither a storage nor a service - there is nowhere to write it. Name one.`,
        ),
      ]
    }
    const storage = vm.host?.storages?.[backup.storage]
    return storage ? onStorage(survey, vm, backup.storage, storage) : []
  })
}

function onStorage(survey: Survey, vm: SurveyedVm, id: string, storage: Storage): Problem[] {
  const path = ['vms', vm.id, 'backup', 'storage']
  if (storage.content && !storage.content.includes('backup')) {
    return [
      warning(
        'backup.no-storage',
        path,
        `Storage ${id} of ${vm.vm.host} does not keep backups, and that of ${vm.id} is to go there - Proxmox refuses it. Use one with the content backup.`,
      ),
    ]
  }
  const beside = vm.disks.find((disk) => {
    const own = vm.host?.storages?.[disk.storage]
    return (
      disk.storage === id ||
      (own !== undefined && disksBelow(own).some((each) => disksBelow(storage).includes(each)))
    )
  })
  if (beside) {
    return [
      warning(
        'backup.same-disk',
        path,
        `The backup of ${vm.id} is written to ${id}, on the same disk (${storage.disk ?? id}) as its ${beside.id} - when that disk dies, both are gone. Write it to another machine.`,
      ),
    ]
  }
  const server = storage.servedBy
  if (server === vm.id) {
    return [
      warning(
        'backup.inside',
        path,
        `The backup of ${vm.id} is written to ${id}, which ${vm.id} itself serves - it is lost together with what it saves. Write it to another machine.`,
      ),
    ]
  }
  if (server === undefined && isShared(storage)) return []
  if (server !== undefined && hostOfPlace(survey, server) !== vm.vm.host) return []
  return [
    note(
      'backup.same-host',
      path,
      `The backup of ${vm.id} stays on ${vm.vm.host} - it survives a broken disk, and not fire, theft or a broken host. Copy it elsewhere as well.`,
    ),
  ]
}

const membersOf = ({ controlPlanes, workers, loadBalancers, nfs }: Cluster): string[] => [
  ...controlPlanes,
  ...workers,
  ...(loadBalancers ?? []),
  ...(nfs === undefined ? [] : [nfs]),
]

function insideService(
  survey: Survey,
  vm: SurveyedVm,
  place: string | undefined,
  id: string,
): Problem[] {
  if (place === undefined) return []
  const path = ['vms', vm.id, 'backup', 'service']
  const cluster = survey.topology.clusters?.[place]
  if (place === vm.id || (cluster && membersOf(cluster).includes(vm.id))) {
    return [
      warning(
        'backup.inside',
        path,
        `${vm.id} is backed up by ${id}, which ${cluster ? `stands on cluster ${place}, of which it is a node` : 'runs on it or keeps its data there'} - it is lost together with what it saves. Back it up to something outside.`,
      ),
    ]
  }
  const hosts = dataHostsOf(survey, place)
  if (hosts.length === 0 || hosts.some((host) => host !== vm.vm.host)) return []
  return [
    warning(
      'backup.same-host',
      path,
      `${vm.id} is backed up by ${id}, which stands on ${vm.vm.host} as well - when that host is lost, both are gone. Keep its data on another machine.`,
    ),
  ]
}

/** `backup.inside`, `backup.same-host` of a cluster: Velero that writes to the cluster that it saves, or beside it. */
export function clusterBackupsAreElsewhere(survey: Survey): Problem[] {
  const target = velerosTarget(survey.topology.services ?? {})
  if (!target) return []
  const [serviceId, service] = target
  const place = dataPlaceOf(service, machinesByName(survey))
  if (place === undefined) return []
  return survey.clusters.flatMap(([id, cluster]) => {
    const velero = cluster.addOns?.velero
    if (!velero || velero.enabled === false) return []
    const path = ['services', serviceId, service.keepsOn === place ? 'keepsOn' : 'runsOn']
    if (place === id || membersOf(cluster).includes(place)) {
      return [
        warning(
          'backup.inside',
          path,
          `Velero of ${id} writes to ${serviceId}, which stands on ${place === id ? 'that cluster' : `${place}, a machine of that cluster`} - when the cluster is lost, so are its backups. Keep them on another machine.`,
        ),
      ]
    }
    const hosts = new Set(cluster.workers.flatMap((vm) => dataHostsOf(survey, vm)))
    const beside = dataHostsOf(survey, place)
    if (beside.length === 0 || hosts.size !== 1 || !beside.every((host) => hosts.has(host)))
      return []
    return [
      warning(
        'backup.same-host',
        path,
        `Velero of ${id} writes to ${serviceId}, which stands on ${beside[0]} like all workers of ${id} - when that host is lost, both are gone. Keep its data on another machine.`,
      ),
    ]
  })
}

/** The service that the panel gives to Velero: the first for backups with an address. */
const velerosTarget = (
  services: Readonly<Record<string, Service>>,
): [string, Service] | undefined =>
  Object.entries(services).find(([, { kind, url }]) => kind === 'backup' && url !== undefined)

/** `backup.none`: data that only one disk has. */
export function dataIsBackedUp({ vms }: Survey): Problem[] {
  return vms.flatMap(({ id, vm, disks }) => {
    const data = disks.find(({ disk }) => disk.use === 'nfs')
    if (!data || vm.backup) return []
    return [
      note(
        'backup.none',
        ['vms', id, 'backup'],
        `${id} exports ${data.sizeGib === null ? 'its data disk' : `${data.sizeGib.toLocaleString('en')} GiB`} and names no backup - a broken disk or a wrong rm is final. Write where it is backed up.`,
      ),
    ]
  })
}

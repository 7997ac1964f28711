import { disksBelow } from '../disks-below'
import type { Problem } from '../problem'
import type { Service, Storage } from '../topology'
import { note, warning } from './rule'
import type { Survey, SurveyedVm } from './survey'

const OFF_HOST: ReadonlySet<Storage['kind']> = new Set(['nfs', 'cifs', 'rbd', 'cephfs', 'pbs'])

/** `backup.inside`, `backup.same-disk`, `backup.same-host`, `backup.no-storage`: a backup that is lost together with what it backs up. */
export function backupsAreElsewhere(survey: Survey): Problem[] {
  return survey.vms.flatMap((vm) => {
    const { backup } = vm.vm
    if (!backup) return []
    if (backup.service !== undefined) {
      const service = survey.topology.services?.[backup.service]
      return service ? insideService(survey, vm, backup.service, service) : []
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
  if (server === undefined && (storage.shared ?? OFF_HOST.has(storage.kind))) return []
  if (server !== undefined && hostOf(survey, server) !== vm.vm.host) return []
  return [
    note(
      'backup.same-host',
      path,
      `The backup of ${vm.id} stays on ${vm.vm.host} - it survives a broken disk, and not fire, theft or a broken host. Copy it elsewhere as well.`,
    ),
  ]
}

/** The host of a place: a guest's, or the place itself. */
const hostOf = ({ topology, vmById }: Survey, place: string): string =>
  vmById.get(place)?.vm.host ?? topology.unmanaged?.[place]?.host ?? place

/** Where a service runs, and where its data lies. */
const placesOf = ({ runsOn, keepsOn }: Service): string[] => [
  ...new Set([runsOn, keepsOn].filter((each) => each !== undefined)),
]

function insideService(survey: Survey, vm: SurveyedVm, id: string, service: Service): Problem[] {
  const { topology } = survey
  const path = ['vms', vm.id, 'backup', 'service']
  for (const place of placesOf(service)) {
    const cluster = topology.clusters?.[place]
    const member = cluster && [
      ...cluster.controlPlanes,
      ...cluster.workers,
      ...(cluster.loadBalancers ?? []),
      cluster.nfs,
    ]
    if (place === vm.id || member?.includes(vm.id)) {
      return [
        warning(
          'backup.inside',
          path,
          `${vm.id} is backed up by ${id}, which ${place === vm.id ? 'runs on it or keeps its data there' : `stands on cluster ${place}, of which it is a node`} - it is lost together with what it saves. Back it up to something outside.`,
        ),
      ]
    }
    const host = hostOf(survey, place)
    if (host === vm.vm.host) {
      return [
        warning(
          'backup.same-host',
          path,
          `${vm.id} is backed up by ${id}, which stands on ${host} as well - when that host is lost, both are gone. Keep its data on another machine.`,
        ),
      ]
    }
  }
  return []
}

/** `backup.inside` of a cluster: Velero that writes to the cluster that it saves. */
export function clusterBackupsAreElsewhere({ clusters, topology }: Survey): Problem[] {
  const targets = Object.entries(topology.services ?? {}).filter(
    ([, { kind }]) => kind === 'backup',
  )
  return clusters.flatMap(([id, cluster]) => {
    const velero = cluster.addOns?.velero
    if (!velero || velero.enabled === false) return []
    const members = new Set([
      id,
      ...cluster.controlPlanes,
      ...cluster.workers,
      ...(cluster.nfs === undefined ? [] : [cluster.nfs]),
    ])
    return targets.flatMap(([serviceId, service]) => {
      const inside = placesOf(service).find((place) => members.has(place))
      if (inside === undefined) return []
      return [
        warning(
          'backup.inside',
          ['services', serviceId, service.keepsOn === inside ? 'keepsOn' : 'runsOn'],
          `Velero of ${id} writes to ${serviceId}, which stands on ${inside === id ? 'that cluster' : `${inside}, a machine of that cluster`} - when the cluster is lost, so are its backups. Keep them on another machine.`,
        ),
      ]
    })
  })
}

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

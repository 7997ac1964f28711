import { defaultStorage, disksOf } from '../defaults'
import { formatQuantity } from '../parse-quantity'
import { listed } from '../rules/rule'
import type { Cluster, Topology, Vm } from '../topology'
import { apiOf, longhornCopies, longhornWorkers } from './cluster-dependencies'
import type { Dependencies } from './dependencies'
import type { ThingId } from './graph'
import { storageThing } from './machine-dependencies'
import { rootOf } from './reasons'
import type { Fates } from './settle'

/** What becomes of data that lay on what is gone. */
export type DataLoss = {
  /** The disk, the cluster's API (its state in etcd) or the add-on that kept it. */
  id: ThingId
  name: string
  /** `lost`: what held it is destroyed. `out-of-reach`: it waits on a host or VM that is down. */
  fate: 'lost' | 'out-of-reach'
  /** Whether it is anywhere else. Copies that went the same way do not count. */
  copy: 'none' | 'backup'
  /** In words that follow the name. */
  words: string
}

type Broken = 'lost' | 'out-of-reach'

/**
 * Data that is gone or cannot be had. A lost supply, cable or network takes no data; a disk and a
 * storage do; a host or a site keeps it from everybody until it is back.
 */
export function dataLosses(
  { topology, graph }: Dependencies,
  fates: Fates,
  struck: ReadonlySet<ThingId>,
): DataLoss[] {
  const brokenOf = (vm: string, disk: string): Broken | null => {
    const own = `vms/${vm}/disks/${disk}`
    if (fates.get(`vms/${vm}`)?.state === 'stops' && struck.has(`vms/${vm}`)) return 'out-of-reach'
    return brokenBy(graph.things.get(rootOf(fates, own) ?? '')?.kind)
  }
  const losses: DataLoss[] = []
  for (const [id, cluster] of Object.entries(topology.clusters ?? {})) {
    losses.push(...etcdLoss(topology, id, cluster, brokenOf))
    losses.push(...longhornLoss(topology, id, cluster, brokenOf))
  }
  for (const id of touchedVms(fates)) {
    const vm = topology.vms?.[id]
    if (vm) losses.push(...diskLosses({ topology, fates, brokenOf }, id, vm))
  }
  losses.push(...unmanagedLosses(topology, fates, graph))
  return losses
}

/** VMs of which something is not as it was, so that the others are not looked at. */
const touchedVms = (fates: Fates): Set<string> =>
  new Set([...fates.keys()].flatMap((id) => (id.startsWith('vms/') ? id.split('/')[1]! : [])))

function brokenBy(kind: string | undefined): Broken | null {
  if (kind === 'disk' || kind === 'storage' || kind === 'hidden') return 'lost'
  // A VM or guest that others keep their disks on by NFS.
  const keepers = ['host', 'site', 'vm', 'unmanaged']
  return kind !== undefined && keepers.includes(kind) ? 'out-of-reach' : null
}

type BrokenOf = (vm: string, disk: string) => Broken | null

/** The worst of some, null if none is broken. */
const worst = (all: readonly (Broken | null)[]): Broken | null =>
  all.includes('lost') ? 'lost' : all.includes('out-of-reach') ? 'out-of-reach' : null

const systemDiskOf = (vm: Vm): string =>
  disksOf(vm).find(([, disk]) => disk.kind === 'system')?.[0] ?? 'system'

/** The state of a cluster is in etcd on each control plane's system disk; any one is enough to begin from. */
function etcdLoss(
  topology: Topology,
  id: string,
  { controlPlanes, name }: Cluster,
  brokenOf: BrokenOf,
): DataLoss[] {
  const planes = controlPlanes.filter((vm) => topology.vms?.[vm])
  const broken = planes.map((vm) => brokenOf(vm, systemDiskOf(topology.vms![vm]!)))
  // With one that only waits for its host, nothing is lost yet.
  if (planes.length === 0 || broken.includes(null)) return []
  const fate = broken.every((each) => each === 'lost') ? 'lost' : 'out-of-reach'
  return [
    {
      id: apiOf(id),
      name: `the state of ${name ?? id}`,
      fate,
      copy: 'none',
      words: `is in etcd on ${listed(planes)}, ${planes.length === 1 ? 'which is' : 'all of them'} gone`,
    },
  ]
}

function longhornLoss(
  topology: Topology,
  id: string,
  cluster: Cluster,
  brokenOf: BrokenOf,
): DataLoss[] {
  const addOn = cluster.addOns?.longhorn
  if (!addOn || addOn.enabled === false) return []
  const workers = longhornWorkers(topology, cluster)
  const diskOf = (vm: string) =>
    disksOf(topology.vms![vm]!).find(([, disk]) => disk.use === 'longhorn')?.[0] ??
    systemDiskOf(topology.vms![vm]!)
  const broken = workers.map((vm) => brokenOf(vm, diskOf(vm)))
  const gone = broken.filter((each) => each !== null).length
  const copies = longhornCopies(topology, cluster)
  const fate = worst(broken)
  if (fate === null || gone < copies) return []
  const on = listed(workers.filter((_, n) => broken[n] !== null))
  return [
    {
      id: `clusters/${id}/addOns/longhorn`,
      name: `the Longhorn volumes ${gone === workers.length ? `of ${cluster.name ?? id}` : `on ${on}`}`,
      fate,
      copy: 'none',
      words:
        copies === 1
          ? `have one copy each, and it is on ${on}`
          : `have ${copies} copies each; of those that are on ${on} alone none is left`,
    },
  ]
}

type Scene = { topology: Topology; fates: Fates; brokenOf: BrokenOf }

/** Data disks, and the system disk of a plain VM that has no other: its data is there. */
function diskLosses(scene: Scene, id: string, vm: Vm): DataLoss[] {
  const { topology, brokenOf } = scene
  const disks = disksOf(vm)
  const data = disks.filter(
    ([, disk]) => disk.kind === 'data' && !isVolumeStore(topology, id, disk.use),
  )
  const holds =
    data.length > 0 || vm.role !== 'plain' || disks.some(([, { kind }]) => kind === 'data')
      ? data
      : disks
  return holds.flatMap(([diskId, disk]) => {
    const fate = brokenOf(id, diskId)
    if (fate === null) return []
    const { sizeGib } = disk
    const size = sizeGib === undefined ? '' : `${formatQuantity(sizeGib, 'GiB')}; `
    const backup = backupOf(scene, vm)
    return [
      {
        id: `vms/${id}/disks/${diskId}`,
        name: `the data of ${vm.name ?? id}`,
        fate,
        copy: backup.kept ? ('backup' as const) : ('none' as const),
        words: `is on disk ${diskId}: ${size}${backup.words}`,
      },
    ]
  })
}

/** A disk of a cluster's Longhorn, whose data is told of as volumes. */
const isVolumeStore = (topology: Topology, vm: string, use: string | undefined): boolean =>
  use === 'longhorn' &&
  Object.values(topology.clusters ?? {}).some(
    ({ workers, addOns }) =>
      workers.includes(vm) && addOns?.longhorn && addOns.longhorn.enabled !== false,
  )

/** Where a VM's backups are, and whether they are still there. */
function backupOf({ topology, fates }: Scene, vm: Vm): { kept: boolean; words: string } {
  const { backup } = vm
  const host = vm.host === undefined ? undefined : topology.hosts?.[vm.host]
  const places = [
    ...(backup?.service === undefined
      ? []
      : [{ name: backup.service, thing: `services/${backup.service}` }]),
    ...(backup?.storage === undefined || vm.host === undefined
      ? []
      : [
          {
            name: backup.storage,
            thing: storageThing(topology, vm.host, backup.storage ?? defaultStorage(host)),
          },
        ]),
  ]
  if (!backup || places.length === 0) return { kept: false, words: 'no other copy' }
  const kept = places.filter(({ thing }) => fates.get(thing)?.state !== 'stops')
  const when = backup.schedule === undefined ? '' : ` of ${backup.schedule}`
  if (kept.length === 0) {
    return {
      kept: false,
      words: `no other copy, its backup on ${listed(places.map(({ name }) => name))} is gone as well`,
    }
  }
  return { kept: true, words: `a backup${when} on ${listed(kept.map(({ name }) => name))}` }
}

function unmanagedLosses(
  topology: Topology,
  fates: Fates,
  graph: Dependencies['graph'],
): DataLoss[] {
  return Object.entries(topology.unmanaged ?? {}).flatMap(([id, guest]) => {
    const thing = `unmanaged/${id}`
    const fate = brokenBy(graph.things.get(rootOf(fates, thing) ?? '')?.kind)
    if (fate === null) return []
    return [
      {
        id: thing,
        name: `the data of ${guest.name ?? id}`,
        fate,
        copy: 'none' as const,
        words: 'is not ours; the document knows of no backup',
      },
    ]
  })
}

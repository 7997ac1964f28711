import { failureDomains, hostDomains } from '../failure-domains'
import { contains, parseIpv4 } from '../ipv4'
import type { Problem } from '../problem'
import type { AddOn } from '../topology'
import { blocker, count, duplicates, fixTo, note, warning } from './rule'
import type { Survey, SurveyedPool } from './survey'

type Placed = { clusterId: string; addOn: AddOn; path: string[] }

/** The add-on of that id in each cluster, where it is switched on. */
function switchedOn({ clusters }: Survey, id: string): Placed[] {
  return clusters.flatMap(([clusterId, { addOns }]) => {
    const addOn = addOns?.[id]
    return addOn && addOn.enabled !== false
      ? [{ clusterId, addOn, path: ['clusters', clusterId, 'addOns', id] }]
      : []
  })
}

/** `addon.metallb-no-pool`, `addon.metallb-pool-purpose`: what MetalLB may hand out. */
export function metallbHasAPool(survey: Survey): Problem[] {
  return switchedOn(survey, 'metallb').flatMap(({ addOn, path }) => {
    const made = survey.pools.filter(({ pool }) => pool.purpose === 'metallb')
    const field = [...path, 'pool']
    if (addOn.pool === undefined) {
      if (made.length === 1) return []
      return [
        blocker(
          'addon.metallb-no-pool',
          field,
          `MetalLB names no pool and ${made.length === 0 ? 'there is none' : `there are ${made.length}`} with the purpose metallb - it has no addresses to hand out. ${made.length === 0 ? 'Add a pool' : 'Choose one'}.`,
        ),
      ]
    }
    const pool = survey.poolById.get(addOn.pool)
    if (!pool || pool.pool.purpose === 'metallb') return []
    return [
      blocker(
        'addon.metallb-pool-purpose',
        field,
        `Pool ${pool.id} of MetalLB is for ${pool.pool.purpose} - the same addresses would be given to machines. Use a pool with the purpose metallb.`,
        purposeFix(survey, pool, field, made),
      ),
    ]
  })
}

/** The only pool that was made for it; else this one's purpose, where no machine has an address of it. */
function purposeFix(
  survey: Survey,
  { id, pool, range }: SurveyedPool,
  field: string[],
  made: readonly SurveyedPool[],
): Problem['fix'] | null {
  const [only, ...more] = made
  if (only && more.length === 0)
    return fixTo(`Use ${only.id}`, { path: field, from: id, to: only.id })
  const held = survey.nics.some(({ nic }) => {
    const address = nic.address === undefined ? null : parseIpv4(nic.address)
    return nic.pool === id || (range && address !== null && contains(range, address))
  })
  if (only || held) return null
  const path = ['pools', id, 'purpose']
  return fixTo(`Make ${id} a MetalLB pool`, { path, from: pool.purpose, to: 'metallb' })
}

/** `addon.metallb-pool-shared`: two clusters that hand out the same addresses and do not know of each other. */
export function metallbPoolsAreApart(survey: Survey): Problem[] {
  const made = survey.pools.filter(({ pool }) => pool.purpose === 'metallb')
  const only = made.length === 1 ? made[0]!.id : null
  const used = switchedOn(survey, 'metallb').map((each) => ({
    ...each,
    pool: each.addOn.pool ?? only,
  }))
  return duplicates(used, ({ pool }) => pool).flatMap(([pool, [first, ...others]]) =>
    others.map(({ clusterId, path }) =>
      blocker(
        'addon.metallb-pool-shared',
        [...path, 'pool'],
        `MetalLB of ${clusterId} hands out ${pool}, and so does that of ${first!.clusterId} - neither knows what the other gave away, so that two services answer at one address. Give each cluster a pool of its own.`,
      ),
    ),
  )
}

/** `addon.longhorn-replicas`, `addon.longhorn-one-copy`, `addon.longhorn-disk`: copies that fail together are no copies (traps T9). */
export function longhornCopiesAreApart(survey: Survey): Problem[] {
  return switchedOn(survey, 'longhorn').flatMap(({ clusterId, addOn, path }) => {
    const workers = survey.topology.clusters?.[clusterId]?.workers ?? []
    const problems: Problem[] = []
    const domains = failureDomains(survey.topology, workers).length
    const { replicas } = addOn
    const field = [...path, 'replicas']
    if (replicas !== undefined && replicas > workers.length) {
      problems.push(
        blocker(
          'addon.longhorn-replicas',
          field,
          `Longhorn keeps ${count(replicas, 'replica')} and ${clusterId} has ${count(workers.length, 'worker')} - no volume would ever be whole. Use at most ${workers.length}.`,
          workers.length > 0
            ? fixTo(`Use ${workers.length}`, { path: field, from: replicas, to: workers.length })
            : null,
        ),
      )
    } else if (replicas !== undefined && replicas > domains && domains > 0) {
      problems.push(
        warning(
          'addon.longhorn-replicas',
          field,
          `Longhorn keeps ${replicas} replicas on ${count(domains, 'disk')} that can fail apart - ${replicas} times the writes and the safety of ${domains}. Use ${domains}.`,
          fixTo(`Use ${domains}`, { path: field, from: replicas, to: domains }),
        ),
      )
    }
    if (
      domains === 1 &&
      workers.length > 1 &&
      (replicas ?? 1) === 1 &&
      !isMirrored(survey, workers)
    ) {
      problems.push(
        note(
          'addon.longhorn-one-copy',
          path,
          `Longhorn of ${clusterId} keeps 1 copy of each volume, because the storage of its ${count(workers.length, 'worker')} is 1 disk - more would be written to the same one. When it breaks, every volume is gone: back them up.`,
        ),
      )
    }
    const hosts = hostDomains(survey.topology, workers)
    const copies = replicas ?? Math.min(3, domains, workers.length)
    if (copies > 1 && domains > 1 && hosts.length === 1) {
      problems.push(
        note(
          'addon.longhorn-one-host',
          path,
          `Longhorn of ${clusterId} keeps ${copies} copies on ${count(domains, 'disk')} of ${hosts[0]} alone - they survive a broken disk, and not that host. Back the volumes up elsewhere.`,
        ),
      )
    }
    const shared = workers.filter((id) => {
      const vm = survey.vmById.get(id)
      return vm && !vm.disks.some(({ disk }) => disk.use === 'longhorn')
    })
    if (shared.length > 0) {
      problems.push(
        warning(
          'addon.longhorn-disk',
          path,
          `Longhorn keeps its data on the system disk of ${shared.join(', ')} - a full volume stops the node, and a rebuild loses the replicas. Add a data disk with use longhorn.`,
        ),
      )
    }
    return problems
  })
}

/** Whether the storage below a worker survives a broken disk by itself. */
const isMirrored = ({ vmById }: Survey, workers: readonly string[]): boolean => {
  const vm = vmById.get(workers[0] ?? '')
  const disk = vm?.disks.find((each) => each.disk.use === 'longhorn') ?? vm?.disks[0]
  return (vm?.host?.storages?.[disk?.storage ?? '']?.spareDisks ?? 0) > 0
}

/** `addon.nfs-no-server`: shared volumes from nowhere. */
export function nfsHasAServer(survey: Survey): Problem[] {
  const provisioners = switchedOn(survey, 'nfs-subdir-external-provisioner').flatMap(
    ({ clusterId, path }) => {
      const cluster = survey.topology.clusters?.[clusterId]
      if (cluster?.nfs !== undefined) return []
      const servers = survey.vms.filter(({ vm }) => vm.role === 'nfs').map(({ id }) => id)
      const fix =
        servers.length === 1
          ? fixTo(`Use ${servers[0]}`, { path: ['clusters', clusterId, 'nfs'], to: servers[0]! })
          : null
      return [
        blocker(
          'addon.nfs-no-server',
          path,
          `The NFS provisioner of ${clusterId} has no server - there is nothing to mount. Name an NFS VM in the cluster.`,
          fix,
        ),
      ]
    },
  )
  const exports = survey.clusters.flatMap(([, { nfs }]) => {
    const vm = nfs === undefined ? undefined : survey.vmById.get(nfs)
    if (!vm || vm.disks.some(({ disk }) => disk.kind === 'data' && disk.use === 'nfs')) return []
    return [
      blocker(
        'addon.nfs-no-disk',
        ['vms', vm.id, 'disks'],
        `${vm.id} has no data disk with use nfs - what is written to the export would be lost with the next rebuild. Add one.`,
      ),
    ]
  })
  return [...provisioners, ...exports]
}

import { disksOf } from '../defaults'
import { hostDomainsOf } from '../failure-domains'
import type { Problem } from '../problem'
import { isShared } from '../shared-storage'
import type { Host } from '../topology'
import { count, fixTo, listed, note, warning } from './rule'
import type { Survey, SurveyedVm } from './survey'

/** The hosts of each Proxmox cluster: those that one connection reaches. */
function proxmoxClusters({ proxmox }: Survey): Map<string, [string, Host][]> {
  const clusters = new Map<string, [string, Host][]>()
  for (const { id, host } of proxmox) {
    const key = host.connection ?? id
    const members = clusters.get(key)
    if (members) members.push([id, host])
    else clusters.set(key, [[id, host]])
  }
  return clusters
}

/** `vm.spread-unmet`: VMs that were to be apart and are not. */
export function spreadGroupsAreApart({ topology, vms }: Survey): Problem[] {
  const groups = new Map<string, string[]>()
  for (const { id, vm } of vms) {
    if (vm.spread === undefined) continue
    const group = groups.get(vm.spread)
    if (group) group.push(id)
    else groups.set(vm.spread, [id])
  }
  return [...groups].flatMap(([word, members]) => {
    const byDomain = new Map<string, string[]>()
    hostDomainsOf(topology, members).forEach((host, i) => {
      byDomain.set(host, [...(byDomain.get(host) ?? []), members[i]!])
    })
    if (byDomain.size >= members.length) return []
    const [host, together] = [...byDomain].reduce((a, b) => (b[1].length > a[1].length ? b : a))
    return [
      warning(
        'vm.spread-unmet',
        ['vms', together[1]!, 'spread'],
        `${count(members.length, 'VM')} of the group ${word} are to be kept apart and stand on ${count(byDomain.size, 'host')} - ${listed(together)} fail together with ${host}. Move one, or take the word away.`,
      ),
    ]
  })
}

/** `vm.ha-no-effect`, `vm.ha-elsewhere`, `vm.ha-quorum`: high availability that moves nothing (traps T27). */
export function haDoesSomething(survey: Survey): Problem[] {
  const clusterOf = new Map<string, [string, Host][]>()
  for (const members of proxmoxClusters(survey).values()) {
    for (const [id] of members) clusterOf.set(id, members)
  }
  return survey.vms.flatMap((vm) => {
    const members = vm.vm.host === undefined ? undefined : clusterOf.get(vm.vm.host)
    if (!vm.vm.ha || !members || vm.vm.ha.state === 'ignored') return []
    const elsewhere = (vm.vm.ha.hosts ?? []).filter((id) => !members.some(([each]) => each === id))
    const path = ['vms', vm.id, 'ha']
    const problems: Problem[] = []
    if (elsewhere.length > 0) {
      problems.push(
        warning(
          'vm.ha-elsewhere',
          [...path, 'hosts'],
          `${vm.id} may move to ${listed(elsewhere)}, which ${elsewhere.length === 1 ? 'is' : 'are'} reached by another connection than ${vm.vm.host} - HA moves within one Proxmox cluster. Name hosts of that cluster.`,
        ),
      )
    }
    const why = whyNoFailover(survey, vm, members)
    if (why !== null) {
      problems.push(
        warning(
          'vm.ha-no-effect',
          path,
          `${vm.id} is to be highly available and ${why} - when ${vm.vm.host} fails, nothing moves. Take ha away, so that nobody relies on it.`,
          fixTo('Take ha away', { path, from: vm.vm.ha }),
        ),
      )
    } else if (members.length < 3) {
      problems.push(
        warning(
          'vm.ha-quorum',
          path,
          `${vm.id} is to be highly available in a Proxmox cluster of ${members.length} hosts - without a third vote the one that is left has no quorum, and its watchdog restarts it with every VM on it. Add a host, or a QDevice such as the machine that the panel runs on.`,
        ),
      )
    }
    return problems
  })
}

function whyNoFailover(
  { topology, vmById }: Survey,
  vm: SurveyedVm,
  members: readonly [string, Host][],
): string | null {
  if (members.length < 2) return 'its Proxmox cluster has 1 host'
  const passed = (vm.vm.gpus?.length ?? 0) + (vm.vm.devices?.length ?? 0)
  if (passed > 0) return `has ${count(passed, 'passed-through device')}, which stay where they are`
  const allowed = vm.vm.ha?.hosts
  if (allowed && allowed.filter((id) => id !== vm.vm.host).length === 0)
    return allowed.length === 0 ? 'may run on no host' : `may run on ${allowed.join(', ')} alone`
  const local = vm.disks.flatMap(({ id, storage }) => {
    const found = vm.host?.storages?.[storage]
    return found && !isShared(found) ? [`${id} on ${storage}`] : []
  })
  if (local.length > 0) return `has local disks (${listed(local)}) that no other host sees`
  const tied = vm.disks.flatMap(({ storage }) => {
    const server = vm.host?.storages?.[storage]?.servedBy
    if (server === undefined) return []
    const on = vmById.get(server)?.vm.host ?? topology.unmanaged?.[server]?.host ?? server
    return on === vm.vm.host ? [`${storage}, served by ${server}`] : []
  })
  if (tied.length > 0) return `its storage (${listed(tied)}) is served by its own host`
  const takers = members.filter(
    ([id, { storages }]) =>
      id !== vm.vm.host &&
      (allowed?.includes(id) ?? true) &&
      (!storages || !vm.host?.storages || vm.disks.every(({ storage }) => storages[storage])),
  )
  if (takers.length === 0)
    return `no other host that it may run on has ${listed([...new Set(vm.disks.map(({ storage }) => storage))])}`
  return null
}

/** `host.two-votes`: a Proxmox cluster of two loses its quorum with either of them. */
export function proxmoxHasAQuorum(survey: Survey): Problem[] {
  return [...proxmoxClusters(survey)].flatMap(([connection, members]) => {
    const [first, second] = members
    if (members.length !== 2 || !first || !second || first[1].site !== second[1].site) return []
    return [
      note(
        'host.two-votes',
        ['hosts', second[0], 'connection'],
        `${first[0]} and ${second[0]} are reached by one connection (${connection}) - if they are a Proxmox cluster, either one's failure leaves 1 of 2 votes, and the other starts and changes no VM until "pvecm expected 1". A QDevice on a third machine is the third vote.`,
      ),
    ]
  })
}

/** `cluster.load-balancer-single`, `cluster.nfs-single`: what a cluster has once. */
export function singlePointsAreTold({ clusters, vmById }: Survey): Problem[] {
  return clusters.flatMap(([id, { controlPlanes, loadBalancers, nfs }]) => {
    const problems: Problem[] = []
    const [only] = loadBalancers ?? []
    if (only !== undefined && loadBalancers!.length === 1 && controlPlanes.length > 1) {
      problems.push(
        note(
          'cluster.load-balancer-single',
          ['clusters', id, 'loadBalancers'],
          `All ${controlPlanes.length} control planes of ${id} are reached through ${only} - when it stops, pods go on and kubectl, joins and node heartbeats do not. A second load balancer with a floating address survives it.`,
        ),
      )
    }
    const server = nfs === undefined ? undefined : vmById.get(nfs)
    if (server) {
      const exported = disksOf(server.vm).find(([, disk]) => disk.use === 'nfs')
      problems.push(
        note(
          'cluster.nfs-single',
          ['clusters', id, 'nfs'],
          `Shared volumes of ${id} stand on ${nfs} alone${exported ? ` (disk ${exported[0]})` : ''} - while it is down every pod that mounts one hangs, and its disk is their only copy. Back it up elsewhere.`,
        ),
      )
    }
    return problems
  })
}

import type { Observed, ObservedCluster, ObservedVm, Seen } from '@/lib/plan/observed'
import type { Topology } from '@/lib/topology/topology'
import type { JobSummary, StatusAnswer } from './contract'
import { pages } from './paths'
import { frozenCauses } from './status-frozen'

export type Cause = StatusAnswer['causes'][number]

/** One topology as status judges it. */
export type Watched = {
  id: string
  name: string
  /** The document that was deployed last; null when nothing was. */
  applied: Topology | null
  observed: Observed | null
  /** Its jobs, newest first. */
  jobs: readonly JobSummary[]
  /** Paths that running jobs change, `vms/k8s-worker-2`: what happens there is planned. */
  busy: ReadonlySet<string>
}

/**
 * A reading older than this is not shown as the present, in milliseconds. A world that does not
 * change is written down anew every five minutes (workers/provisioner/looking.ts).
 */
export const STALE_MS = 10 * 60_000

/**
 * What is wrong with one topology, each cause once with what it takes along: a host that does not
 * answer explains its VMs, a VM that is off explains its node. Quiet about what a running job changes.
 */
export function causesOf(watched: Watched, now: number): Cause[] {
  const { applied, observed } = watched
  const failed = failedJob(watched)
  if (!applied) return failed
  if (!observed) return [neverRead(watched), ...failed]
  if (now - observed.at > STALE_MS) return [stale(watched, observed.at), ...failed]
  const silent = new Set(
    Object.keys(observed.hosts).filter((host) => observed.hosts[host]?.state === 'unknown'),
  )
  return [
    ...hostCauses(watched, applied, observed),
    ...frozenCauses(watched, applied, observed),
    ...vmCauses(watched, applied, observed, silent),
    ...clusterCauses(watched, applied, observed, silent),
    ...failed,
  ]
}

const neverRead = ({ id, name }: Watched): Cause => ({
  level: 'unknown',
  sentence: `${name} was never looked at since it was deployed.`,
  takes: [],
  since: null,
  canWait: 'Until you need to know.',
  action: { label: 'Look at its machines', href: pages.machines(id) },
})

const stale = ({ name }: Watched, at: number): Cause => ({
  level: 'unknown',
  sentence: `Nothing was read from ${name} since then, so what is shown may be wrong.`,
  takes: [],
  since: at,
  canWait: 'The machines run on without the panel; look into it by day.',
  action: { label: 'Open jobs', href: pages.jobs() },
})

/** The newest job that changes things, if it failed. */
function failedJob({ jobs }: Watched): Cause[] {
  const last = jobs.find(({ kind }) => kind !== 'refresh' && kind !== 'test-connection')
  if (last?.status !== 'failed') return []
  return [
    {
      level: 'warn',
      sentence: `${last.title} failed${last.error ? `: ${last.error.message}` : '.'}`,
      takes: [],
      since: last.endedAt,
      canWait: 'What was done stays; it can be retried at any time.',
      action: { label: 'Open the job', href: pages.job(last.id) },
    },
  ]
}

const vmsOn = (topology: Topology, host: string): [string, string][] =>
  Object.entries(topology.vms ?? {})
    .filter(([, vm]) => vm.host === host)
    .map(([id, vm]) => [id, vm.name ?? id])

function hostCauses({ id }: Watched, applied: Topology, observed: Observed): Cause[] {
  return Object.entries(observed.hosts).flatMap(([hostId, seen]) => {
    if (seen.state === 'known') return []
    const name = applied.hosts?.[hostId]?.name ?? hostId
    const reason = seen.state === 'unknown' ? seen.reason : 'it is not in its Proxmox cluster'
    return [
      {
        level: 'unknown' as const,
        sentence: `${name} does not answer: ${reason}`,
        takes: vmsOn(applied, hostId).map(([, vm]) => vm),
        since: seen.state === 'unknown' ? seen.since : seen.at,
        canWait: 'No, if its machines are needed: whether they run cannot be seen.',
        action: { label: `Open ${name}`, href: pages.host(id, hostId) },
      },
    ]
  })
}

function vmCauses(
  { id, busy }: Watched,
  applied: Topology,
  observed: Observed,
  silent: ReadonlySet<string>,
): Cause[] {
  return Object.entries(applied.vms ?? {}).flatMap(([vmId, vm]) => {
    if (busy.has(`vms/${vmId}`) || (vm.host && silent.has(vm.host))) return []
    const wrong = whatIsWrong(observed.vms[vmId])
    if (!wrong) return []
    const name = vm.name ?? vmId
    return [
      {
        level: wrong.level,
        sentence: `${name} ${wrong.what}`,
        takes: clustersWith(applied, vmId).map((cluster) => `Node ${name} of ${cluster}`),
        since: wrong.since,
        canWait: CAN_WAIT[vm.role],
        action: { label: `Open ${name}`, href: pages.vm(id, vmId) },
      },
    ]
  })
}

const CAN_WAIT: Record<NonNullable<Topology['vms']>[string]['role'], string> = {
  'control-plane': 'Until a second control plane fails; then the cluster stops deciding.',
  worker: 'While the other workers have room for its pods.',
  'load-balancer': 'No: the cluster is not reached without it.',
  nfs: 'No: what uses its volumes hangs.',
  plain: 'That depends on what runs on it.',
}

type Wrong = { level: 'fail' | 'unknown'; what: string; since: number | null }

function whatIsWrong(seen: Seen<ObservedVm> | undefined): Wrong | null {
  if (!seen) return { level: 'unknown', what: 'was not looked at yet.', since: null }
  if (seen.state === 'unknown') {
    return { level: 'unknown', what: `cannot be seen: ${seen.reason}`, since: seen.since }
  }
  if (seen.state === 'absent')
    return { level: 'fail', what: 'does not exist any more.', since: null }
  return seen.value.running ? null : { level: 'fail', what: 'is stopped.', since: null }
}

const clustersWith = (topology: Topology, vmId: string): string[] =>
  Object.entries(topology.clusters ?? {})
    .filter(([, { controlPlanes, workers }]) => [...controlPlanes, ...workers].includes(vmId))
    .map(([id, cluster]) => cluster.name ?? id)

function clusterCauses(
  { id, busy }: Watched,
  applied: Topology,
  observed: Observed,
  silent: ReadonlySet<string>,
): Cause[] {
  return Object.entries(applied.clusters ?? {}).flatMap(([clusterId, cluster]) => {
    if (busy.has(`clusters/${clusterId}`)) return []
    const name = cluster.name ?? clusterId
    const seen = observed.clusters[clusterId]
    const explained = (vmId: string) => {
      const host = applied.vms?.[vmId]?.host
      const vm = observed.vms[vmId]
      return (
        busy.has(`vms/${vmId}`) ||
        (host !== undefined && silent.has(host)) ||
        vm?.state !== 'known' ||
        !vm.value.running ||
        vm.value.ioError === true
      )
    }
    const members = [...cluster.controlPlanes, ...cluster.workers]
    if (seen?.state === 'known') return insideCauses(id, name, seen.value, explained)
    if (members.length > 0 && members.every(explained)) return []
    return [notAnswering(id, name, seen)]
  })
}

function notAnswering(t: string, name: string, seen: Seen<ObservedCluster> | undefined): Cause {
  const reason = seen?.state === 'unknown' ? `: ${seen.reason}` : '.'
  return {
    level: 'unknown',
    sentence: `The cluster ${name} does not answer${reason}`,
    takes: [],
    since: seen?.state === 'unknown' ? seen.since : null,
    canWait: 'What runs on it may run on; nothing new starts while its API is away.',
    action: { label: 'Open the cluster', href: pages.cluster(t) },
  }
}

function insideCauses(
  t: string,
  cluster: string,
  value: ObservedCluster,
  explained: (vmId: string) => boolean,
): Cause[] {
  const action = { label: 'Open the cluster', href: pages.cluster(t) }
  const nodes = value.nodes
    .filter((node) => !node.ready && !explained(node.name))
    .map((node) => ({
      level: 'fail' as const,
      sentence: `Node ${node.name} of ${cluster} is not ready${node.reason ? `: ${node.reason}` : '.'}`,
      takes: [],
      since: null,
      canWait: node.roles.includes('control-plane') ? CAN_WAIT['control-plane'] : CAN_WAIT.worker,
      action,
    }))
  const releases = Object.entries(value.releases)
    .filter(([, { status }]) => status !== 'deployed')
    .map(([release, { status }]) => `${release} (${status})`)
  const pods = value.unwellPods.map(
    ({ namespace, name, reason }) => `${namespace}/${name}: ${reason}`,
  )
  return [
    ...nodes,
    ...listed(`${releases.length} add-ons of ${cluster} are not deployed.`, releases, {
      label: 'Open the add-ons',
      href: pages.addOns(t),
    }),
    ...listed(`${pods.length} pods of ${cluster} are not well.`, pods, action),
  ]
}

const listed = (sentence: string, takes: string[], action: Cause['action']): Cause[] =>
  takes.length === 0
    ? []
    : [
        {
          level: 'warn',
          sentence: sentence.replace(/^1 (add-on|pod)s of (.*) are /, '1 $1 of $2 is '),
          takes,
          since: null,
          canWait: 'Yes, unless one of them is what you need.',
          action,
        },
      ]

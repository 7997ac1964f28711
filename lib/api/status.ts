import type { Observed, Seen } from '@/lib/plan/observed'
import type { Topology } from '@/lib/topology/topology'
import type { JobSummary, StatusAnswer } from './contract'
import { type Cause, causesOf, STALE_MS, type Watched } from './status-causes'

/** Everything that the answer is made of; pure values. */
export type StatusInput = {
  now: number
  topologies: readonly (Watched & { lab: boolean; head: Topology })[]
  running: readonly (JobSummary & { step: string | null })[]
  waiting: readonly JobSummary[]
  /** What is wrong with the panel itself, beside what it watches. */
  own?: readonly Cause[]
}

type Counts = StatusAnswer['topologies'][number]

/**
 * Whether everything is all right, and if not which cause: the worst first, each with what it takes
 * along. Planned work is no fault; what cannot be seen is never all right.
 */
export function toStatus({
  now,
  topologies,
  running,
  waiting,
  own = [],
}: StatusInput): StatusAnswer {
  const causes = [...own, ...topologies.flatMap((topology) => causesOf(topology, now))].toSorted(
    (a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level),
  )
  const counted = topologies.map((topology) => countsOf(topology, now))
  const deployed = counted.filter((_, index) => topologies[index]?.applied)
  const level = causes[0]?.level ?? (running.length > 0 ? 'work' : 'ok')
  return {
    at: now,
    level,
    sentence: sentenceOf(causes, counted, deployed, running),
    causes,
    works: counted.flatMap(worksOf),
    running: running.map(({ id, title, leftMs, step }) => ({ jobId: id, title, leftMs, step })),
    waiting: waiting.map(({ id, title }) => ({ jobId: id, title })),
    topologies: counted,
  }
}

/** From the worst. What is broken is worse than what is not seen. */
const ORDER: readonly Cause['level'][] = ['fail', 'unknown', 'warn']

function sentenceOf(
  causes: readonly Cause[],
  counted: readonly Counts[],
  /** Those of `counted` that were deployed: what was only drawn is not missing. */
  deployed: readonly Counts[],
  running: StatusInput['running'],
): string {
  const [first, ...others] = causes
  if (first) {
    const more =
      others.length === 1 ? ' One more thing is wrong.' : ` ${others.length} more things are wrong.`
    return others.length === 0 ? first.sentence : first.sentence.replace(/\.?$/, '.') + more
  }
  const [job] = running
  if (job) return `${job.title} is running; everything else is all right.`
  if (counted.length === 0) return 'There is nothing to watch yet.'
  const [vms, nodes] = [sum(deployed, 'vms', 'running'), sum(deployed, 'nodes', 'ready')]
  if (vms === 0) return 'Nothing is deployed yet.'
  const ready =
    nodes > 0 ? ` and ${nodes} of ${sum(deployed, 'nodes', 'total')} nodes are ready` : ''
  return `Everything is all right: ${vms} of ${sum(deployed, 'vms', 'total')} VMs run${ready}.`
}

const sum = <G extends 'vms' | 'nodes'>(
  counted: readonly Counts[],
  group: G,
  key: keyof Counts[G],
): number => counted.reduce((total, each) => total + Number(each[group][key]), 0)

/** What still works, in words. */
function worksOf({ name, vms, nodes, addOns }: Counts): string[] {
  const parts = [
    vms.running > 0 ? `${vms.running} of ${vms.total} VMs of ${name} run` : null,
    nodes.ready > 0 ? `${nodes.ready} of ${nodes.total} nodes of ${name} are ready` : null,
    addOns.well > 0 ? `${addOns.well} of ${addOns.total} add-ons of ${name} are deployed` : null,
  ]
  return parts.filter((part) => part !== null)
}

function countsOf(topology: StatusInput['topologies'][number], now: number): Counts {
  const { id, name, lab, head, applied, observed } = topology
  const wanted = applied ?? head
  const fresh = observed !== null && now - observed.at <= STALE_MS ? observed : null
  return {
    ...{ id, name, lab, observedAt: observed?.at ?? null },
    vms: vmCounts(wanted, fresh),
    ...clusterCounts(wanted, fresh),
  }
}

function vmCounts(wanted: Topology, observed: Observed | null): Counts['vms'] {
  const seen = Object.keys(wanted.vms ?? {}).map((id) => observed?.vms[id])
  return {
    total: seen.length,
    running: seen.filter((vm) => vm?.state === 'known' && vm.value.running && !vm.value.ioError)
      .length,
    unknown: seen.filter(isUnknown).length,
  }
}

const isUnknown = <T>(seen: Seen<T> | undefined): boolean => !seen || seen.state === 'unknown'

function clusterCounts(
  wanted: Topology,
  observed: Observed | null,
): Pick<Counts, 'nodes' | 'addOns'> {
  const nodes = { total: 0, ready: 0, unknown: 0 }
  const addOns = { total: 0, well: 0, unknown: 0 }
  for (const [id, cluster] of Object.entries(wanted.clusters ?? {})) {
    const seen = observed?.clusters[id]
    const members = cluster.controlPlanes.length + cluster.workers.length
    const enabled = Object.entries(cluster.addOns ?? {}).filter(
      ([, { enabled }]) => enabled ?? true,
    )
    nodes.total += members
    addOns.total += enabled.length
    if (isUnknown(seen)) {
      nodes.unknown += members
      addOns.unknown += enabled.length
    }
    if (seen?.state !== 'known') continue
    nodes.ready += seen.value.nodes.filter(({ ready }) => ready).length
    // By our own label: a release may have another name than its add-on.
    const deployed = new Set(
      Object.values(seen.value.releases)
        .filter(({ status }) => status === 'deployed')
        .map(({ addOn }) => addOn),
    )
    addOns.well += enabled.filter(([addOn]) => deployed.has(addOn)).length
  }
  return { nodes, addOns }
}

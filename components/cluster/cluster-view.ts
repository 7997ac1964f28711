import { count } from '@/components/ui/format'
import type { State } from '@/components/ui/state-mark'
import type { Observed, ObservedCluster, ObservedNode, Seen } from '@/lib/plan/observed'
import type { Cluster, Topology } from '@/lib/topology/topology'

/** A reading older than this is not the present, in milliseconds; as the status answer has it. */
const OLD_MS = 10 * 60_000

/** A state with the one sentence that says it. */
export type Shown = { state: State; sentence: string }

/** Whether a reading is too old to be believed. `now` is null before the browser's clock is known. */
export const isOld = (observed: Observed | null, now: number | null): boolean =>
  observed !== null && now !== null && now - observed.at > OLD_MS

/** One node as wanted and as seen; a node without `vm` is not in the drawing. */
export type NodeRow = {
  name: string
  vm: string | null
  role: 'control-plane' | 'worker' | null
  shown: { state: State; word: string; reason: string | null }
  seen: ObservedNode | null
}

/** The drawing's nodes in its order, control planes first, then nodes that it does not have. */
export function nodeRows(
  topology: Topology,
  cluster: Cluster,
  seen: Seen<ObservedCluster> | undefined,
): NodeRow[] {
  const found = new Map(
    seen?.state === 'known' ? seen.value.nodes.map((node) => [node.name, node]) : [],
  )
  const member =
    (role: 'control-plane' | 'worker') =>
    (vm: string): NodeRow => {
      const name = topology.vms?.[vm]?.name ?? vm
      const node = found.get(name) ?? null
      found.delete(name)
      return { name, vm, role, seen: node, shown: shownNode(node, seen) }
    }
  const members = [
    ...cluster.controlPlanes.map(member('control-plane')),
    ...cluster.workers.map(member('worker')),
  ]
  const strangers = [...found.values()].map(
    (node): NodeRow => ({
      ...{ name: node.name, vm: null, seen: node, shown: shownNode(node, seen) },
      role: node.roles.includes('control-plane') ? 'control-plane' : 'worker',
    }),
  )
  return [...members, ...strangers]
}

function shownNode(
  node: ObservedNode | null,
  seen: Seen<ObservedCluster> | undefined,
): NodeRow['shown'] {
  if (!seen) return { state: 'unknown', word: 'unknown', reason: 'It was not looked at yet.' }
  if (seen.state === 'unknown') return { state: 'unknown', word: 'unknown', reason: seen.reason }
  if (!node) return { state: 'hold', word: 'not joined', reason: 'A deploy joins it.' }
  if (!node.ready) return { state: 'fail', word: 'not ready', reason: node.reason }
  if (!node.schedulable) {
    return { state: 'warn', word: 'cordoned', reason: 'It is ready, but takes no new pods.' }
  }
  return { state: 'ok', word: 'ready', reason: null }
}

/** The same node when its reading is too old to be believed: nothing about it is green. */
export const asOld = (row: NodeRow): NodeRow =>
  row.seen
    ? { ...row, shown: { ...row.shown, state: 'unknown', word: `${row.shown.word} then` } }
    : row

/** Whether a cluster's control plane is healthy, in one sentence; what is worst comes first. */
export function shownCluster(
  name: string,
  rows: readonly NodeRow[],
  seen: Seen<ObservedCluster> | undefined,
): Shown {
  if (!seen) return { state: 'unknown', sentence: `${name} was not looked at yet.` }
  if (seen.state === 'absent') {
    return { state: 'hold', sentence: `${name} does not exist yet; a deploy makes it.` }
  }
  if (seen.state === 'unknown') {
    return { state: 'unknown', sentence: `How ${name} is cannot be seen: ${ended(seen.reason)}` }
  }
  const faults = faultsOf(name, rows, seen.value)
  const [first, ...others] = faults
  if (first) {
    const more = others.length === 0 ? '' : ` ${count(others.length, 'more thing')} below.`
    return { state: first.state, sentence: first.sentence + more }
  }
  const planes = rows.filter(({ role }) => role === 'control-plane').length
  return {
    state: 'ok',
    sentence: `The control plane of ${name} is healthy: ${planes} of ${planes} control planes and ${rows.length} of ${rows.length} nodes are ready, ${count(seen.value.podCount, 'pod')} run well.`,
  }
}

const ended = (reason: string): string => reason.replace(/\.?$/, '.')

/** Everything that is wrong with a cluster that answers, the worst first. */
export function faultsOf(
  name: string,
  rows: readonly NodeRow[],
  { ready, etcdMembers, unwellPods }: ObservedCluster,
): Shown[] {
  const faults: Shown[] = []
  if (!ready) {
    faults.push({
      state: 'fail',
      sentence: `The API server of ${name} answers, but says that it is not ready.`,
    })
  }
  const voting = etcdMembers.filter(({ learner }) => learner !== true)
  const well = voting.filter(({ healthy }) => healthy).length
  if (well < voting.length) faults.push(etcdFault(well, voting.length))
  for (const role of ['control-plane', 'worker'] as const) {
    const unready = rows.filter((row) => row.role === role && row.shown.state === 'fail')
    const [first] = unready
    if (first) {
      faults.push({
        state: 'fail',
        sentence:
          unready.length === 1
            ? `${first.name} is not ready${first.shown.reason ? `: ${ended(first.shown.reason)}` : '.'}`
            : `${unready.length} nodes are not ready: ${unready.map((row) => row.name).join(', ')}.`,
      })
    }
  }
  const missing = rows.filter(({ shown }) => shown.word === 'not joined').map((row) => row.name)
  if (missing.length > 0) {
    const has = missing.length === 1 ? 'has' : 'have'
    faults.push({ state: 'warn', sentence: `${missing.join(', ')} ${has} not joined ${name}.` })
  }
  if (unwellPods.length > 0) {
    const are = unwellPods.length === 1 ? 'is' : 'are'
    faults.push({
      state: 'warn',
      sentence: `${count(unwellPods.length, 'pod')} of ${name} ${are} not well.`,
    })
  }
  return faults
}

/** etcd decides by majority: how many more may fail is what a person needs to know. */
function etcdFault(well: number, all: number): Shown {
  const majority = Math.floor(all / 2) + 1
  if (well < majority) {
    return {
      state: 'fail',
      sentence: `Only ${well} of ${all} etcd members are healthy, which is no majority: nothing can be changed.`,
    }
  }
  const spare = well - majority
  return {
    state: 'warn',
    sentence: `${well} of ${all} etcd members are healthy: ${spare === 0 ? 'none' : spare} more may fail.`,
  }
}

/** etcd in a line: `3 of 3 healthy`, learners named. */
export function etcdLine(members: ObservedCluster['etcdMembers']): string {
  if (members.length === 0) return 'none seen'
  const well = members.filter(({ healthy }) => healthy).length
  const learners = members.filter(({ learner }) => learner === true).map(({ name }) => name)
  const learning = learners.length > 0 ? `, still learning: ${learners.join(', ')}` : ''
  return `${well} of ${members.length} healthy${learning}`
}

/** What a version's last day means today; null where the end is not known or far away. */
export function endNote(version: string, ends: string | null, now: number | null): Shown | null {
  if (ends === null || now === null) return null
  const days = Math.ceil((Date.parse(`${ends}T23:59:59Z`) - now) / 86_400_000)
  const minor = version.replace(/^v/, '').split('.').slice(0, 2).join('.')
  if (days <= 0) {
    return {
      state: 'warn',
      sentence: `Kubernetes ${minor} ended on ${ends}: no more fixes, also of security faults.`,
    }
  }
  return days > 90
    ? null
    : { state: 'warn', sentence: `Kubernetes ${minor} ends on ${ends}, in ${count(days, 'day')}.` }
}

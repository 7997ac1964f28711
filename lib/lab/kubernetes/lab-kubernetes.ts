import { rootDisk } from '../guest/filesystem'
import { interfacesOf } from '../guest/interfaces'
import { randomHex, randomInt } from '../random'
import { standsStill } from '../standstill'
import type { Lab, LabState, Vm } from '../state'
import { cpuCount, memoryMib } from '../vm/config'
import type { Kube, KubeMachine, KubePki, KubeWorld } from './kube'
import { membershipOf } from './membership'
import { hasQuorum, tickKube } from './tick'

/** Every cluster that kubeadm or k3s made in this lab's guests. */
export type LabKubernetes = {
  clusters: Record<string, Kube>
  /** Authorities made ahead by whoever serves the lab: making keys is not for pure code. */
  spare: KubePki[]
  /** Virtual instant of the controllers' next round, null while nothing can move by itself. */
  nextTick: number | null
  /** What the machines were like at the last round ({@link lookOf}). */
  look?: string
}

/** The lab's clusters; begun when first asked for. */
export function kubernetesOf(state: LabState): LabKubernetes {
  state.kubernetes ??= { clusters: {}, spare: [], nextTick: null }
  return state.kubernetes
}

/** Rounds come every virtual second while something moves, else when a pod's time comes; every eight while a machine is missed. */
const BUSY_MS = 1000
const MISSED_MS = 8000

/** Units that are a kubelet, or hold one: k3s' server is a node as well. */
const KUBELETS = ['kubelet', 'k3s', 'k3s-agent']

const kubeletUnit = (vm: Vm): string | undefined =>
  KUBELETS.find((name) => vm.guest?.units[name]?.active === 'active')

/** Whether a machine's kubelet does its work. */
const kubeletRuns = (vm: Vm): boolean =>
  vm.running && !standsStill(vm) && vm.guest?.phase === 'up' && kubeletUnit(vm) !== undefined

/** What the clusters see of their machines now. */
export function worldOf(lab: Lab, kube: Kube): KubeWorld {
  const nodes: Record<string, KubeMachine> = {}
  for (const vm of Object.values(lab.state.vms)) {
    const membership = membershipOf(lab, vm)
    if (membership?.cluster !== kube.uid) continue
    nodes[membership.node] = machineOf(lab, vm)
  }
  return {
    at: lab.now.at,
    wall: lab.now.wall,
    nodes,
    stuck: lab.state.faults.flatMap((fault) =>
      fault.kind === 'pod-stuck'
        ? [
            {
              pod: fault.pod,
              reason: fault.reason ?? 'ImagePullBackOff',
              message: fault.message ?? 'Back-off pulling image',
            },
          ]
        : [],
    ),
    random: (low, high) => randomInt(lab.state, low, high),
    hex: (length) => randomHex(lab.state, length),
  }
}

/** A machine as its kubelet reports it. */
export function machineOf(lab: Lab, vm: Vm): KubeMachine {
  const os = vm.guest?.volume ? rootDisk(lab, vm).os : null
  const config = vm.active ?? vm.config
  const address = interfacesOf(lab, vm)[0]?.addresses[0]?.split('/')[0] ?? ''
  return {
    kubelet: kubeletRuns(vm),
    address,
    cpus: cpuCount(config),
    memoryMib: memoryMib(config),
    os: os ? `${os.distro === 'ubuntu' ? 'Ubuntu' : 'Debian GNU/Linux'} ${os.release}` : '',
    kernel: os?.kernel ?? '',
    containerRuntime: `containerd://${/\d+\.\d+\.\d+/.exec(os?.packages.containerd ?? '')?.[0] ?? ''}`,
  }
}

/**
 * One round of every cluster's controllers, and when the next is due: never, once a round has
 * changed nothing, until a request or a machine wakes them. Clusters without machines are gone.
 */
export function tickKubernetes(lab: Lab): void {
  const kubernetes = kubernetesOf(lab.state)
  let next = Number.POSITIVE_INFINITY
  for (const kube of Object.values(kubernetes.clusters)) {
    if (!hasDisks(lab, kube)) {
      delete kubernetes.clusters[kube.uid]
      continue
    }
    const before = kube.rv
    tickKube(kube, worldOf(lab, kube))
    if (kube.rv !== before) next = lab.now.at + BUSY_MS
    for (const { due } of Object.values(kube.pods))
      next = Math.min(next, Math.max(due, lab.now.at + BUSY_MS))
    if (Object.keys(kube.missedSince).length > 0) next = Math.min(next, lab.now.at + MISSED_MS)
  }
  kubernetes.look = lookOf(lab.state)
  kubernetes.nextTick = Number.isFinite(next) ? next : null
}

/** What of the machines matters to clusters, as one short text. */
const lookOf = (state: LabState): string =>
  Object.values(state.vms)
    .map(({ vmid, running, paused, guest }) =>
      running
        ? `${vmid}${paused}${guest?.phase}${KUBELETS.map((name) => guest?.units[name]?.active)}`
        : vmid,
    )
    .join()

/** Wakes the controllers if a machine came, went or changed since their last round. */
export function watchMachines(lab: Lab): void {
  const { kubernetes } = lab.state
  if (!kubernetes || Object.keys(kubernetes.clusters).length === 0) return
  if (kubernetes.look !== lookOf(lab.state)) wakeKubernetes(lab)
}

/** Something was asked of a cluster or its machines: look soon. */
export function wakeKubernetes(lab: Lab): void {
  const kubernetes = kubernetesOf(lab.state)
  kubernetes.nextTick = Math.min(
    kubernetes.nextTick ?? Number.POSITIVE_INFINITY,
    lab.now.at + BUSY_MS / 2,
  )
}

/** A cluster lives on the disks of its etcd members; with the last of them it is gone. */
const hasDisks = (lab: Lab, kube: Kube): boolean =>
  Object.values(lab.state.vms).some((vm) => {
    const membership = membershipOf(lab, vm)
    return membership?.cluster === kube.uid && membership.controlPlane
  })

/** The cluster whose API server on this machine answers, null if none does. */
export function apiServerOn(lab: Lab, vm: Vm): Kube | null {
  const membership = membershipOf(lab, vm)
  if (!membership?.controlPlane || !kubeletRuns(vm)) return null
  const kube = kubernetesOf(lab.state).clusters[membership.cluster]
  return kube && hasQuorum(kube, worldOf(lab, kube)) ? kube : null
}

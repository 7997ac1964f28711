import type { PlanContext } from './context'
import type { StepKind } from './step'

/**
 * What a step takes before anything was measured: estimates for one NVMe host and a 100 Mbit line,
 * in seconds. Replaced kind by kind by the median of what this panel measured.
 */
const UNMEASURED: Record<StepKind, number> = {
  'image.download': 60,
  'template.create': 25,
  'template.bake': 150,
  'template.seal': 10,
  'seed.upload': 2,
  'vm.clone': 40,
  'vm.configure': 2,
  'vm.adopt': 1,
  'vm.disks': 4,
  'vm.start': 5,
  'vm.stop': 30,
  'vm.restart': 60,
  'vm.unprotect': 1,
  'vm.delete': 8,
  'seed.remove': 2,
  'disk.park': 5,
  'disk.unpark': 5,
  'disk.delete': 5,
  'host.network': 15,
  'sdn.network': 20,
  'firewall.vm': 3,
  'firewall.datacenter': 30,
  'guest.ready': 60,
  'guest.reach': 5,
  'guest.kernel': 8,
  'guest.containerd': 45,
  'guest.kube-packages': 60,
  'guest.k3s': 45,
  'guest.haproxy': 25,
  'guest.nfs': 40,
  'guest.data-disk': 20,
  'k8s.init': 120,
  'k8s.join-control-plane': 90,
  'k8s.join-worker': 45,
  'k3s.server': 40,
  'k3s.join-server': 45,
  'k3s.join-agent': 20,
  'k8s.kubeconfig': 5,
  'k8s.labels': 2,
  'k8s.node-ready': 45,
  'k8s.drain': 60,
  'k8s.remove-node': 5,
  'k8s.uncordon': 2,
  'addon.install': 90,
  'addon.resources': 5,
  'addon.remove': 30,
}

/** Expected seconds of one step of this kind. */
export const secondsOf = (kind: StepKind, context: Pick<PlanContext, 'durations'>): number =>
  context.durations[kind] ?? UNMEASURED[kind]

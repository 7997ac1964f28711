import { addonInstall } from './add-on/addon-install'
import { addonRemove } from './add-on/addon-remove'
import { addonResources } from './add-on/addon-resources'
import { guestContainerd } from './guest/guest-containerd'
import { guestDataDisk } from './guest/guest-data-disk'
import { guestHaproxy } from './guest/guest-haproxy'
import { guestKernel } from './guest/guest-kernel'
import { guestKubePackages } from './guest/guest-kube-packages'
import { guestNfs } from './guest/guest-nfs'
import { guestReach } from './guest/guest-reach'
import type { StepHandlers } from './handler'
import { guestK3s } from './k3s/guest-k3s'
import { k3sJoinAgent, k3sJoinServer } from './k3s/k3s-join'
import { k3sServer } from './k3s/k3s-server'
import { k8sDrain } from './kubernetes/k8s-drain'
import { k8sInit } from './kubernetes/k8s-init'
import { k8sJoinControlPlane, k8sJoinWorker } from './kubernetes/k8s-join'
import { k8sKubeconfig } from './kubernetes/k8s-kubeconfig'
import { k8sLabels, k8sNodeReady, k8sUncordon } from './kubernetes/k8s-node'
import { k8sRemoveNode } from './kubernetes/k8s-remove-node'

/** What happens inside machines and clusters, one handler per kind. */
export const clusterHandlers = {
  'guest.reach': guestReach,
  'guest.kernel': guestKernel,
  'guest.containerd': guestContainerd,
  'guest.kube-packages': guestKubePackages,
  'guest.k3s': guestK3s,
  'guest.haproxy': guestHaproxy,
  'guest.nfs': guestNfs,
  'guest.data-disk': guestDataDisk,
  'k8s.init': k8sInit,
  'k8s.join-control-plane': k8sJoinControlPlane,
  'k8s.join-worker': k8sJoinWorker,
  'k3s.server': k3sServer,
  'k3s.join-server': k3sJoinServer,
  'k3s.join-agent': k3sJoinAgent,
  'k8s.kubeconfig': k8sKubeconfig,
  'k8s.labels': k8sLabels,
  'k8s.node-ready': k8sNodeReady,
  'k8s.drain': k8sDrain,
  'k8s.remove-node': k8sRemoveNode,
  'k8s.uncordon': k8sUncordon,
  'addon.install': addonInstall,
  'addon.resources': addonResources,
  'addon.remove': addonRemove,
} satisfies Partial<StepHandlers>

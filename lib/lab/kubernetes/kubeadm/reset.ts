import type { Command, GuestEffect } from '../../guest/command'
import { removeTree } from '../../guest/filesystem'
import { effect, write } from '../../guest/shell/script'
import { addUnit } from '../../guest/units'
import { kubernetesOf, wakeKubernetes, worldOf } from '../lab-kubernetes'
import { membershipOf } from '../membership'
import { hasQuorum } from '../tick'

const ETC = '/etc/kubernetes'

/** `kubeadm reset`. */
export const reset: Command = () => ({
  steps: [
    write('[preflight] Running pre-flight checks', 500),
    write('[reset] Stopping the kubelet service', 2500),
    effect('kube-reset'),
    write(
      '[reset] Deleting contents of directories: [/etc/kubernetes/manifests /var/lib/kubelet /etc/kubernetes/pki]',
      1500,
    ),
  ],
  code: 0,
})

/** What a reset takes away. */
export const resetEffect: GuestEffect = (lab, vm) => {
  const membership = membershipOf(lab, vm)
  const kube = membership ? kubernetesOf(lab.state).clusters[membership.cluster] : undefined
  // A control plane leaves etcd while the others still can agree; the last one takes it all along.
  if (membership?.controlPlane && kube && hasQuorum(kube, worldOf(lab, kube))) {
    delete kube.members[membership.node]
  }
  for (const path of [
    `${ETC}/manifests`,
    `${ETC}/pki`,
    `${ETC}/admin.conf`,
    `${ETC}/super-admin.conf`,
    `${ETC}/kubelet.conf`,
    '/var/lib/kubelet',
    '/var/lib/etcd/member',
  ]) {
    removeTree(lab, vm, path)
  }
  addUnit(lab, vm, 'kubelet', 'inactive')
  wakeKubernetes(lab)
  return undefined
}

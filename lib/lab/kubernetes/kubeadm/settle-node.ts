import { addUnit } from '../../guest/units'
import type { Lab, Vm } from '../../state'
import { adminConf } from '../admin-conf'
import type { Kube } from '../kube'
import { MEMBERSHIP_PATH, type Membership } from '../membership'
import { writeRoot } from '../write-root'

const ETC = '/etc/kubernetes'

/** What every member of a cluster has on its disk. */
export function settleNode(
  lab: Lab,
  vm: Vm,
  kube: Kube,
  membership: Omit<Membership, 'cluster'>,
): void {
  writeRoot(lab, vm, MEMBERSHIP_PATH, JSON.stringify({ cluster: kube.uid, ...membership }))
  writeRoot(
    lab,
    vm,
    `${ETC}/kubelet.conf`,
    `# simulated; node ${membership.node} of cluster ${kube.name}\n`,
  )
  writeRoot(lab, vm, `${ETC}/pki/ca.crt`, kube.ca.caCert, 0o644)
  writeRoot(
    lab,
    vm,
    '/var/lib/kubelet/config.yaml',
    'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n',
    0o644,
  )
  if (membership.controlPlane) {
    writeRoot(lab, vm, `${ETC}/admin.conf`, adminConf(kube))
    for (const name of ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']) {
      writeRoot(
        lab,
        vm,
        `${ETC}/manifests/${name}.yaml`,
        `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: kube-system}\n`,
      )
    }
    writeRoot(lab, vm, '/var/lib/etcd/member/snap/db', '')
  }
  addUnit(lab, vm, 'kubelet', 'active')
}

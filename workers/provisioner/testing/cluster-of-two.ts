import { TWO_VMS } from './two-vms'

/** For tests: the smallest cluster with a secret in its document and an add-on that brings one. */
export const CLUSTER_OF_TWO = `${TWO_VMS.slice(0, TWO_VMS.indexOf('vms:\n')).replace('diskGib: 20', 'diskGib: 40').replace('memoryMib: 2048', 'memoryMib: 4096').replace('gateway: 10.9.0.1', 'gateway: 10.9.0.1, dns: [1.1.1.1]')}vms:
  front:
    role: load-balancer
    host: pve1
    template: jammy
    size: small
    nics: { lan: { network: lan, pool: machines } }
    disks: { root: { kind: system } }
  master:
    role: control-plane
    host: pve1
    template: jammy
    size: small
    nics: { lan: { network: lan, pool: machines } }
    disks: { root: { kind: system } }
  worker:
    role: worker
    host: pve1
    template: jammy
    size: small
    nics: { lan: { network: lan, pool: machines } }
    disks: { root: { kind: system } }
clusters:
  home:
    kubernetes: "1.29.14"
    podCidr: 10.244.0.0/16
    serviceCidr: 10.96.0.0/12
    endpoint: { name: api.home.arpa, port: 6443 }
    cni: { kind: calico, mode: ebpf, encapsulation: vxlan }
    controlPlanes: [master]
    workers: [worker]
    loadBalancers: [front]
    addOns:
      local-path-provisioner: { values: { note: !secret planted-value } }
      velero: {}
`

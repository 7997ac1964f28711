/**
 * Three Proxmox hosts with local disks and no Ceph: what Kubernetes does by itself (three control
 * planes, three copies of each volume) is spread over the hosts, and nothing has to move when one of
 * them fails.
 */
export const THREE_HOSTS_HA = `# Three Proxmox hosts with local disks: any one of them may fail.
# What depends on your house is marked with "Fit"; the Fit page asks for it.
drawbridge: 1
name: Three hosts
about: |-
  A highly available Kubernetes cluster on three Proxmox hosts with local disks. Proxmox's own HA is
  left out on purpose: a VM whose disk is local cannot be started elsewhere. Each VM has a twin on
  another host instead, and Longhorn keeps three copies of each volume on three hosts.

access:
  timezone: Etc/UTC
  ntp: [0.pool.ntp.org, 1.pool.ntp.org]

hosts:
  pve1:
    role: proxmox
    # Fit: the connection, and the host as it is. All three are one Proxmox cluster.
    connection: lab
    address: 10.20.0.11
    network: lan
    cpuThreads: 16
    memoryMib: 65536
    reserveMemoryMib: 4096
    # Local disks, no Ceph. Swap lvmthin for zfspool (local-zfs) where you installed on ZFS.
    storages:
      local: {kind: dir, sizeGib: 100, content: [iso, import, backup], disk: nvme0}
      local-lvm: {kind: lvmthin, sizeGib: 800, content: [images], disk: nvme0}
    bridges:
      vmbr0: {vlanAware: true}
  pve2:
    role: proxmox
    # Fit: the connection, and the host as it is. All three are one Proxmox cluster.
    connection: lab
    address: 10.20.0.12
    network: lan
    cpuThreads: 16
    memoryMib: 65536
    reserveMemoryMib: 4096
    # Local disks, no Ceph. Swap lvmthin for zfspool (local-zfs) where you installed on ZFS.
    storages:
      local: {kind: dir, sizeGib: 100, content: [iso, import, backup], disk: nvme0}
      local-lvm: {kind: lvmthin, sizeGib: 800, content: [images], disk: nvme0}
    bridges:
      vmbr0: {vlanAware: true}
  pve3:
    role: proxmox
    # Fit: the connection, and the host as it is. All three are one Proxmox cluster.
    connection: lab
    address: 10.20.0.13
    network: lan
    cpuThreads: 16
    memoryMib: 65536
    reserveMemoryMib: 4096
    # Local disks, no Ceph. Swap lvmthin for zfspool (local-zfs) where you installed on ZFS.
    storages:
      local: {kind: dir, sizeGib: 100, content: [iso, import, backup], disk: nvme0}
      local-lvm: {kind: lvmthin, sizeGib: 800, content: [images], disk: nvme0}
    bridges:
      vmbr0: {vlanAware: true}

switches:
  switch:
    managed: true
    ports: 8
    speedMbit: 2500
    vlans: true
    links: [pve1, pve2, pve3, router]

routers:
  router:
    address: 10.20.0.1

networks:
  lan:
    about: Proxmox and the rest of the house
    purpose: Management
    # Fit: the network, its gateway and resolver.
    cidr: 10.20.0.0/24
    gateway: 10.20.0.1
    router: router
    dns: [10.20.0.1]
    dhcpServer: router
    dnsServer: router
  kubernetes:
    about: Nodes, load balancers and what MetalLB announces
    purpose: K8s nodes
    # Fit: a tag that your switch carries; or one flat network.
    cidr: 10.20.10.0/24
    vlan: 10
    gateway: 10.20.10.1
    router: router
    dns: [10.20.0.1]
    domain: k8s.home.arpa

pools:
  lan-dhcp: {network: lan, from: 10.20.0.100, to: 10.20.0.199, purpose: dhcp}
  load-balancers: {network: kubernetes, from: 10.20.10.2, to: 10.20.10.9, purpose: load-balancers}
  control-planes: {network: kubernetes, from: 10.20.10.11, to: 10.20.10.19, purpose: control-planes}
  workers: {network: kubernetes, from: 10.20.10.21, to: 10.20.10.49, purpose: workers}
  vms: {network: kubernetes, from: 10.20.10.50, to: 10.20.10.99, purpose: vms}
  metallb: {network: kubernetes, from: 10.20.10.100, to: 10.20.10.149, purpose: metallb}

sizes:
  load-balancer: {cpus: 1, memoryMib: 1024, diskGib: 12}
  control-plane: {cpus: 4, memoryMib: 8192, diskGib: 60}
  worker: {cpus: 6, memoryMib: 24576, diskGib: 80}

# One a host, because a clone cannot leave the disk that its template is on.
templates:
  ubuntu-pve1:
    host: pve1
    os: ubuntu
    release: "24.04"
    image:
      url: https://cloud-images.ubuntu.com/noble/current/noble-server-cloudimg-amd64.img
    packages: [qemu-guest-agent, open-iscsi, nfs-common]
  ubuntu-pve2:
    host: pve2
    os: ubuntu
    release: "24.04"
    image:
      url: https://cloud-images.ubuntu.com/noble/current/noble-server-cloudimg-amd64.img
    packages: [qemu-guest-agent, open-iscsi, nfs-common]
  ubuntu-pve3:
    host: pve3
    os: ubuntu
    release: "24.04"
    image:
      url: https://cloud-images.ubuntu.com/noble/current/noble-server-cloudimg-amd64.img
    packages: [qemu-guest-agent, open-iscsi, nfs-common]

vms:
  lb-1:
    role: load-balancer
    host: pve1
    template: ubuntu-pve1
    size: load-balancer
    nics:
      lan: {network: kubernetes, pool: load-balancers}
    spread: load-balancers
  lb-2:
    role: load-balancer
    host: pve2
    template: ubuntu-pve2
    size: load-balancer
    nics:
      lan: {network: kubernetes, pool: load-balancers}
    spread: load-balancers
  control-1:
    role: control-plane
    host: pve1
    template: ubuntu-pve1
    size: control-plane
    nics:
      lan: {network: kubernetes, pool: control-planes}
    spread: control-planes
  control-2:
    role: control-plane
    host: pve2
    template: ubuntu-pve2
    size: control-plane
    nics:
      lan: {network: kubernetes, pool: control-planes}
    spread: control-planes
  control-3:
    role: control-plane
    host: pve3
    template: ubuntu-pve3
    size: control-plane
    nics:
      lan: {network: kubernetes, pool: control-planes}
    spread: control-planes
  worker-1:
    role: worker
    host: pve1
    template: ubuntu-pve1
    size: worker
    nics:
      lan: {network: kubernetes, pool: workers}
    disks:
      system: {kind: system}
      longhorn: {kind: data, sizeGib: 200, use: longhorn, mount: /var/lib/longhorn}
    spread: workers
  worker-2:
    role: worker
    host: pve2
    template: ubuntu-pve2
    size: worker
    nics:
      lan: {network: kubernetes, pool: workers}
    disks:
      system: {kind: system}
      longhorn: {kind: data, sizeGib: 200, use: longhorn, mount: /var/lib/longhorn}
    spread: workers
  worker-3:
    role: worker
    host: pve3
    template: ubuntu-pve3
    size: worker
    nics:
      lan: {network: kubernetes, pool: workers}
    disks:
      system: {kind: system}
      longhorn: {kind: data, sizeGib: 200, use: longhorn, mount: /var/lib/longhorn}
    spread: workers

clusters:
  home:
    kubernetes: "1.36"
    podCidr: 10.244.0.0/16
    serviceCidr: 10.96.0.0/12
    # The name stands for lb-1. Point it at lb-2 in your DNS when lb-1 is gone; no certificate changes.
    endpoint: {name: api.k8s.home.arpa, port: 6443}
    cni: {kind: calico, mode: ebpf, encapsulation: vxlan}
    controlPlanes: [control-1, control-2, control-3]
    workers: [worker-1, worker-2, worker-3]
    loadBalancers: [lb-1, lb-2]
    addOns:
      metrics-server: {}
      metallb: {pool: metallb}
      # As many copies as there are hosts that can fail apart: three.
      longhorn: {}
      cert-manager: {}
      kube-prometheus-stack: {}
`

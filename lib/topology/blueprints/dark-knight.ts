/**
 * The Dark Knight homelab as a deployable document: what its architecture page says, and, marked by
 * a comment that begins with "Choice", everything that the page leaves open. VMIDs, addresses and
 * MACs are left to the first save, which allocates them.
 */
export const DARK_KNIGHT = `# The Dark Knight homelab: one server, eight VMs, one Kubernetes cluster.
# What the architecture leaves open is marked with "Choice"; change it here or on the canvas.
drawbridge: 1
name: Dark Knight
about: A highly available Kubernetes platform on one Proxmox VE server.

access:
  # Choice: times in logs are easier to compare in UTC.
  timezone: Etc/UTC
  # Choice: reachable without an account; a router that serves NTP is better still.
  ntp: [0.pool.ntp.org, 1.pool.ntp.org]

hosts:
  pve1:
    about: 2 TB NVMe SSD, Proxmox VE
    role: proxmox
    model: AMD Ryzen 9 7950X
    # Choice: the version is what runs there. Proxmox VE 8, of which the architecture speaks, ended on
    # 2026-08-31.
    # Choice: the simulated homelab. Point it at a connection of your own to build the real one.
    connection: lab
    # Choice: the first address of the range for Proxmox hosts.
    address: 10.0.0.10
    network: management
    cpuThreads: 32
    memoryMib: 131072
    # Choice: 6 GiB stay with Proxmox itself.
    reserveMemoryMib: 6144
    # 2 TB as its maker counts are 1,862 GiB.
    diskGib: 1862
    disks:
      nvme0: {kind: nvme, sizeGib: 1862}
    # Choice: the installer's own layout, a small directory and a thin pool with the rest.
    storages:
      local: {kind: dir, sizeGib: 100, content: [iso, import, backup], disk: nvme0}
      local-lvm: {kind: lvmthin, sizeGib: 1762, content: [images], disk: nvme0}
    bridges:
      vmbr0: {vlanAware: true}
    gpus:
      # Kept for later: no VM uses it.
      rtx-4080: {model: NVIDIA GeForce RTX 4080}
  pi:
    about: Management node; the panel runs here. 64 GB SD card
    role: panel
    model: Raspberry Pi 5
    # Choice: the first address of the range for infrastructure services.
    address: 10.0.0.50
    network: management
    cpuThreads: 4
    memoryMib: 8192
    diskGib: 59
    disks:
      sd: {kind: sd-card, sizeGib: 59}

switches:
  switch:
    model: Cudy GS108
    ports: 8
    speedMbit: 1000
    vlans: true
    # Choice: the router hangs on the same switch.
    links: [pve1, pi, router]

routers:
  router:
    about: Gateway of every network that leaves the house
    address: 10.0.0.1

networks:
  management:
    about: Proxmox, IPMI, switches
    purpose: Infrastructure
    cidr: 10.0.0.0/24
    # Choice: untagged, so that a new machine answers before anything is configured.
    gateway: 10.0.0.1
    router: router
    # Choice: the router resolves names, here and below.
    dns: [10.0.0.1]
  kubernetes:
    about: Masters, workers, load balancer
    purpose: K8s nodes
    cidr: 10.2.0.0/24
    # Choice: the tag is ten times the second octet, in all tagged networks but IoT.
    vlan: 20
    # Choice: the first address, although the range of the load balancers begins with it. The
    # allocator passes over a gateway.
    gateway: 10.2.0.1
    router: router
    dns: [10.0.0.1]
    # Choice: home.arpa is reserved for homes (RFC 8375).
    domain: dark-knight.home.arpa
  storage:
    about: NFS, iSCSI, Ceph
    purpose: Storage traffic
    cidr: 10.3.0.0/24
    # Choice: tag 30 and no gateway; storage traffic stays in its network.
    vlan: 30
  dmz:
    about: Reverse proxy, VPN
    purpose: External access
    cidr: 10.4.0.0/24
    # Choice: tag and gateway.
    vlan: 40
    gateway: 10.4.0.1
    router: router
    dns: [10.0.0.1]
  iot:
    about: Smart home, sensors
    purpose: IoT devices
    cidr: 192.168.50.0/24
    # Choice: the tag is the third octet; and the gateway.
    vlan: 50
    gateway: 192.168.50.1
    router: router
    dns: [10.0.0.1]

pools:
  management-gateway: {network: management, from: 10.0.0.1, to: 10.0.0.1, purpose: gateway}
  proxmox-hosts: {network: management, from: 10.0.0.10, to: 10.0.0.20, purpose: hosts}
  network-equipment: {network: management, from: 10.0.0.30, to: 10.0.0.40, purpose: equipment}
  infrastructure-services: {network: management, from: 10.0.0.50, to: 10.0.0.99, purpose: services}
  load-balancers: {network: kubernetes, from: 10.2.0.1, to: 10.2.0.10, purpose: load-balancers}
  masters: {network: kubernetes, from: 10.2.0.11, to: 10.2.0.30, purpose: control-planes}
  workers: {network: kubernetes, from: 10.2.0.31, to: 10.2.0.80, purpose: workers}
  storage-nodes: {network: kubernetes, from: 10.2.0.81, to: 10.2.0.99, purpose: storage}
  metallb: {network: kubernetes, from: 10.2.0.100, to: 10.2.0.150, purpose: metallb}
  kubernetes-dhcp: {network: kubernetes, from: 10.2.0.200, to: 10.2.0.254, purpose: dhcp}
  # Choice: the storage network needs a range for the second NIC of the NFS server.
  storage-servers: {network: storage, from: 10.3.0.10, to: 10.3.0.49, purpose: storage}
  # Choice: ranges for VMs that are no part of the cluster, so that one can be put into any network.
  management-vms: {network: management, from: 10.0.0.100, to: 10.0.0.199, purpose: vms}
  kubernetes-vms: {network: kubernetes, from: 10.2.0.151, to: 10.2.0.199, purpose: vms}
  storage-vms: {network: storage, from: 10.3.0.100, to: 10.3.0.199, purpose: vms}
  dmz-vms: {network: dmz, from: 10.4.0.10, to: 10.4.0.99, purpose: vms}
  iot-vms: {network: iot, from: 192.168.50.10, to: 192.168.50.99, purpose: vms}

sizes:
  load-balancer: {cpus: 2, memoryMib: 2048, diskGib: 20}
  master: {cpus: 4, memoryMib: 8192, diskGib: 100}
  # 200 GB a worker. Choice: 60 for the system, 140 as a data disk for Longhorn, so that a full
  # volume cannot stop the node, and a rebuilt node keeps its replicas.
  worker: {cpus: 4, memoryMib: 16384, diskGib: 60}
  storage: {cpus: 4, memoryMib: 8192, diskGib: 500}

templates:
  ubuntu-22-04:
    about: Cloud-Init ready, container optimised
    # Choice: on the only host.
    host: pve1
    os: ubuntu
    release: "22.04"
    image:
      url: https://cloud-images.ubuntu.com/jammy/current/jammy-server-cloudimg-amd64.img
    # Choice: the agent, and what Longhorn and NFS volumes need on every node.
    packages: [qemu-guest-agent, open-iscsi, nfs-common]

vms:
  haproxy-lb:
    role: load-balancer
    host: pve1
    template: ubuntu-22-04
    size: load-balancer
    nics:
      lan: {network: kubernetes, pool: load-balancers}
  k8s-master-1:
    role: control-plane
    host: pve1
    template: ubuntu-22-04
    size: master
    nics:
      lan: {network: kubernetes, pool: masters}
  k8s-master-2:
    role: control-plane
    host: pve1
    template: ubuntu-22-04
    size: master
    nics:
      lan: {network: kubernetes, pool: masters}
  k8s-master-3:
    role: control-plane
    host: pve1
    template: ubuntu-22-04
    size: master
    nics:
      lan: {network: kubernetes, pool: masters}
  k8s-worker-1:
    role: worker
    host: pve1
    template: ubuntu-22-04
    size: worker
    nics:
      lan: {network: kubernetes, pool: workers}
    disks:
      system: {kind: system}
      longhorn: {kind: data, sizeGib: 140, use: longhorn, mount: /var/lib/longhorn}
  k8s-worker-2:
    role: worker
    host: pve1
    template: ubuntu-22-04
    size: worker
    nics:
      lan: {network: kubernetes, pool: workers}
    disks:
      system: {kind: system}
      longhorn: {kind: data, sizeGib: 140, use: longhorn, mount: /var/lib/longhorn}
  k8s-worker-3:
    role: worker
    host: pve1
    template: ubuntu-22-04
    size: worker
    nics:
      lan: {network: kubernetes, pool: workers}
    disks:
      system: {kind: system}
      longhorn: {kind: data, sizeGib: 140, use: longhorn, mount: /var/lib/longhorn}
  nfs-storage:
    role: nfs
    host: pve1
    template: ubuntu-22-04
    size: storage
    nics:
      # The nodes mount its export over this one.
      lan: {network: kubernetes, pool: storage-nodes}
      # Choice: a second NIC for machines in the storage network.
      storage: {network: storage, pool: storage-servers}
    disks:
      system: {kind: system}
      # 1 TB. Choice: counted as 1,024 GiB, the way Proxmox counts disks.
      export: {kind: data, sizeGib: 1024, use: nfs, mount: /srv/nfs}

clusters:
  dark-knight:
    # Choice: the last patch of the 1.29 line.
    kubernetes: "1.29.14"
    podCidr: 10.244.0.0/16
    serviceCidr: 10.96.0.0/12
    endpoint:
      # Choice: a name, so that the load balancer can change without new certificates. It stands for
      # the address of the first load balancer.
      name: api.dark-knight.home.arpa
      port: 6443
    # Choice: VXLAN, which needs nothing from the router.
    cni: {kind: calico, mode: ebpf, encapsulation: vxlan}
    controlPlanes: [k8s-master-1, k8s-master-2, k8s-master-3]
    workers: [k8s-worker-1, k8s-worker-2, k8s-worker-3]
    loadBalancers: [haproxy-lb]
    nfs: nfs-storage
    addOns:
      metrics-server: {}
      metallb: {pool: metallb}
      ingress-nginx:
        values:
          controller:
            # Multiple controller instances. Choice: two.
            replicaCount: 2
      # The architecture asks for 3 replicas. Choice: as many as there are disks that can fail apart;
      # on one NVMe that is 1, because three copies on it are three times the writes and no safety.
      longhorn: {}
      nfs-subdir-external-provisioner: {}
      local-path-provisioner: {}
      cert-manager: {}
      # Choice: the hosts of the web interfaces. Grafana's password is made by the panel and kept as
      # the secret grafana-admin-password.
      kube-prometheus-stack: {host: grafana.dark-knight.home.arpa}
      loki: {}
      promtail: {}
      argo-cd: {host: argocd.dark-knight.home.arpa}
      # It writes nowhere until the service "backup" has the address of an S3 bucket.
      velero: {}

services:
  registry: {about: Harbor or GitLab, kind: registry}
  backup: {about: MinIO or S3, kind: backup}
  dns: {about: Cloudflare or Pi-hole, kind: dns}
`

/**
 * One Proxmox host on the network that everything else in the house is on: one control plane and
 * two workers. Everything that depends on the house is marked with "Fit", because the Fit page asks
 * for it.
 */
export const SINGLE_NODE = `# One box on a flat LAN: no VLANs, the router hands out addresses, one Kubernetes cluster of three VMs.
# What depends on your house is marked with "Fit"; the Fit page asks for it.
drawbridge: 1
name: Single node
about: One Proxmox host on the home network, with a small Kubernetes cluster.

access:
  timezone: Etc/UTC
  ntp: [0.pool.ntp.org, 1.pool.ntp.org]

hosts:
  pve1:
    about: Any machine with 16 GiB of memory and one SSD
    role: proxmox
    # Fit: the connection, and the host as it is.
    connection: lab
    address: 192.168.1.10
    network: lan
    cpuThreads: 8
    memoryMib: 16384
    reserveMemoryMib: 2048
    # The layout of Proxmox's installer. "import" has to be switched on for local once.
    storages:
      local: {kind: dir, sizeGib: 90, content: [iso, import, backup], disk: ssd0}
      local-lvm: {kind: lvmthin, sizeGib: 350, content: [images], disk: ssd0}
    bridges:
      vmbr0: {}

routers:
  router:
    about: The provider's box; gateway, DHCP and DNS of the house
    address: 192.168.1.1

networks:
  lan:
    about: Everything in the house
    purpose: Home network
    # Fit: the network, its gateway and resolver.
    cidr: 192.168.1.0/24
    gateway: 192.168.1.1
    router: router
    dns: [192.168.1.1]
    domain: home.arpa
    dhcpServer: router
    dnsServer: router

pools:
  # Fit: what the router hands out. Nothing of ours lies in it.
  dhcp: {network: lan, from: 192.168.1.100, to: 192.168.1.199, purpose: dhcp}
  control-planes: {network: lan, from: 192.168.1.200, to: 192.168.1.204, purpose: control-planes}
  workers: {network: lan, from: 192.168.1.205, to: 192.168.1.214, purpose: workers}
  vms: {network: lan, from: 192.168.1.215, to: 192.168.1.224, purpose: vms}
  metallb: {network: lan, from: 192.168.1.230, to: 192.168.1.239, purpose: metallb}

sizes:
  control-plane: {cpus: 2, memoryMib: 3072, diskGib: 32}
  worker: {cpus: 2, memoryMib: 4096, diskGib: 60}

templates:
  ubuntu-24-04:
    host: pve1
    os: ubuntu
    release: "24.04"
    image:
      url: https://cloud-images.ubuntu.com/noble/current/noble-server-cloudimg-amd64.img
    packages: [qemu-guest-agent]

vms:
  k8s-control:
    role: control-plane
    host: pve1
    template: ubuntu-24-04
    size: control-plane
    nics:
      lan: {network: lan, pool: control-planes}
  k8s-worker-1:
    role: worker
    host: pve1
    template: ubuntu-24-04
    size: worker
    nics:
      lan: {network: lan, pool: workers}
  k8s-worker-2:
    role: worker
    host: pve1
    template: ubuntu-24-04
    size: worker
    nics:
      lan: {network: lan, pool: workers}

clusters:
  home:
    kubernetes: "1.36"
    podCidr: 10.244.0.0/16
    serviceCidr: 10.96.0.0/12
    endpoint: {name: api.home.arpa, port: 6443}
    cni: {kind: calico, mode: ebpf, encapsulation: vxlan}
    controlPlanes: [k8s-control]
    workers: [k8s-worker-1, k8s-worker-2]
    addOns:
      metrics-server: {}
      metallb: {pool: metallb}
      # One disk: copies of a volume on it would be no safety, so volumes lie on their node.
      local-path-provisioner: {}
      cert-manager: {}
`

/**
 * Two sites joined by WireGuard: a Proxmox host at home with a kubeadm cluster, and a small one
 * elsewhere that runs k3s.
 */
export const EDGE_SITE = `# Two sites, joined by WireGuard: a cluster at home, and k3s on a small box elsewhere.
# What depends on your places is marked with "Fit"; the Fit page asks for it.
drawbridge: 1
name: Edge site
about: A homelab with a second place. Each site has its own network, host and cluster.

access:
  timezone: Etc/UTC
  ntp: [0.pool.ntp.org, 1.pool.ntp.org]

sites:
  home:
    location: At home
    wireguard:
      address: 10.99.0.1
      gateway: home-router
      # Write the name that the other site dials: a fixed address or dynamic DNS.
      endpoint: home.example.net:51820
      port: 51820
      peers: [edge]
      networks: [home-lan]
      cidr: 10.99.0.0/24
  edge:
    location: Elsewhere
    wireguard:
      address: 10.99.0.2
      gateway: edge-router
      peers: [home]
      networks: [edge-lan]
      cidr: 10.99.0.0/24

hosts:
  pve-home:
    role: proxmox
    site: home
    # Fit: the connection, and the host as it is.
    connection: lab
    node: pve1
    address: 192.168.10.10
    network: home-lan
    cpuThreads: 16
    memoryMib: 32768
    reserveMemoryMib: 2048
    storages:
      local: {kind: dir, sizeGib: 100, content: [iso, import, backup], disk: ssd0}
      local-lvm: {kind: lvmthin, sizeGib: 400, content: [images], disk: ssd0}
    bridges:
      vmbr0: {}
  pve-edge:
    role: proxmox
    site: edge
    # Fit: reached through the tunnel.
    connection: lab
    address: 192.168.20.10
    network: edge-lan
    cpuThreads: 4
    memoryMib: 16384
    reserveMemoryMib: 2048
    storages:
      local: {kind: dir, sizeGib: 60, content: [iso, import, backup], disk: ssd0}
      local-lvm: {kind: lvmthin, sizeGib: 150, content: [images], disk: ssd0}
    bridges:
      vmbr0: {}

routers:
  home-router: {site: home, address: 192.168.10.1, uplinkMbit: 100}
  edge-router: {site: edge, address: 192.168.20.1, uplinkMbit: 20}

networks:
  home-lan:
    purpose: Home network
    site: home
    cidr: 192.168.10.0/24
    gateway: 192.168.10.1
    router: home-router
    dns: [192.168.10.1]
    domain: home.arpa
    dhcpServer: home-router
  edge-lan:
    purpose: Network of the other site
    site: edge
    # Not the network of home: the tunnel could not tell them apart.
    cidr: 192.168.20.0/24
    gateway: 192.168.20.1
    router: edge-router
    dns: [192.168.20.1]
    domain: edge.home.arpa
    dhcpServer: edge-router

pools:
  home-dhcp: {network: home-lan, from: 192.168.10.100, to: 192.168.10.199, purpose: dhcp}
  home-control: {network: home-lan, from: 192.168.10.200, to: 192.168.10.204, purpose: control-planes}
  home-workers: {network: home-lan, from: 192.168.10.205, to: 192.168.10.219, purpose: workers}
  home-metallb: {network: home-lan, from: 192.168.10.230, to: 192.168.10.239, purpose: metallb}
  edge-dhcp: {network: edge-lan, from: 192.168.20.100, to: 192.168.20.199, purpose: dhcp}
  edge-control: {network: edge-lan, from: 192.168.20.200, to: 192.168.20.204, purpose: control-planes}
  edge-workers: {network: edge-lan, from: 192.168.20.205, to: 192.168.20.209, purpose: workers}

sizes:
  control-plane: {cpus: 2, memoryMib: 4096, diskGib: 40}
  worker: {cpus: 4, memoryMib: 8192, diskGib: 80}
  edge-server: {cpus: 2, memoryMib: 2048, diskGib: 24}
  edge-agent: {cpus: 2, memoryMib: 4096, diskGib: 40}

templates:
  ubuntu-home:
    host: pve-home
    os: ubuntu
    release: "24.04"
    image:
      url: https://cloud-images.ubuntu.com/noble/current/noble-server-cloudimg-amd64.img
    packages: [qemu-guest-agent]
  ubuntu-edge:
    host: pve-edge
    os: ubuntu
    release: "24.04"
    image:
      url: https://cloud-images.ubuntu.com/noble/current/noble-server-cloudimg-amd64.img
    packages: [qemu-guest-agent]

vms:
  home-control:
    role: control-plane
    host: pve-home
    template: ubuntu-home
    size: control-plane
    nics:
      lan: {network: home-lan, pool: home-control}
  home-worker-1:
    role: worker
    host: pve-home
    template: ubuntu-home
    size: worker
    nics:
      lan: {network: home-lan, pool: home-workers}
  home-worker-2:
    role: worker
    host: pve-home
    template: ubuntu-home
    size: worker
    nics:
      lan: {network: home-lan, pool: home-workers}
  edge-server:
    role: control-plane
    host: pve-edge
    template: ubuntu-edge
    size: edge-server
    nics:
      lan: {network: edge-lan, pool: edge-control}
  edge-agent:
    role: worker
    host: pve-edge
    template: ubuntu-edge
    size: edge-agent
    nics:
      lan: {network: edge-lan, pool: edge-workers}

clusters:
  home:
    kubernetes: "1.36"
    podCidr: 10.244.0.0/16
    serviceCidr: 10.96.0.0/16
    endpoint: {name: api.home.arpa, port: 6443}
    cni: {kind: calico, mode: ebpf, encapsulation: vxlan}
    controlPlanes: [home-control]
    workers: [home-worker-1, home-worker-2]
    addOns:
      metrics-server: {}
      metallb: {pool: home-metallb}
      local-path-provisioner: {}
      cert-manager: {}
  edge:
    about: Small and on its own, so that it goes on when the tunnel does not
    kubernetes: "1.36"
    podCidr: 10.245.0.0/16
    serviceCidr: 10.97.0.0/16
    distribution: k3s
    endpoint: {name: api.edge.home.arpa, port: 6443}
    controlPlanes: [edge-server]
    workers: [edge-agent]
    addOns:
      metrics-server: {}
      local-path-provisioner: {}
`

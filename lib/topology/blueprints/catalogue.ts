/** What a person chooses a blueprint by; its text is in `texts.ts`, which the browser never loads. */
export type Blueprint = {
  id: BlueprintId
  title: string
  /** One sentence: what it is. */
  sentence: string
  /** What it takes, in words. */
  takes: string
}

/** Ids of the blueprints, as `POST /api/topologies` takes them. */
export const BLUEPRINT_IDS = ['dark-knight', 'single-node', 'three-hosts-ha', 'edge-site'] as const
export type BlueprintId = (typeof BLUEPRINT_IDS)[number]

/** In the order in which they are offered. */
export const BLUEPRINTS: readonly Blueprint[] = [
  {
    id: 'dark-knight',
    title: 'Dark Knight',
    sentence:
      'One large Proxmox host, five networks by VLAN, eight VMs: a Kubernetes cluster with three control planes, load balancer, NFS and its add-ons.',
    takes: '96 GiB of memory, 32 threads, 2 TB of NVMe, a switch that carries tags',
  },
  {
    id: 'single-node',
    title: 'Single node',
    sentence:
      'One Proxmox host on the home network, no VLANs: a Kubernetes cluster of one control plane and two workers.',
    takes: '16 GiB of memory, one SSD, the router you have',
  },
  {
    id: 'three-hosts-ha',
    title: 'Three hosts',
    sentence:
      'Three Proxmox hosts with local disks and no Ceph: any one may fail, and the cluster and its volumes go on.',
    takes: '64 GiB of memory and 1 TB of SSD in each host',
  },
  {
    id: 'edge-site',
    title: 'Edge site',
    sentence:
      'Two places joined by WireGuard: a cluster at home, and a small one with k3s elsewhere.',
    takes: '32 GiB of memory at home, 16 GiB elsewhere, a router at each that speaks WireGuard',
  },
]

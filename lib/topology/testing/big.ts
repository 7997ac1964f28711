import { formatIpv4 } from '../ipv4'
import type { Topology, Vm } from '../topology'

const PER_HOST = 25

/** A document of `vms` VMs without a blocker, on as many hosts, networks and pools as that takes. */
export function big(vms: number): Topology {
  const networks = Math.max(1, Math.ceil(vms / 5000))
  const host = (n: number) => `pve-${Math.floor(n / PER_HOST) + 1}`
  const network = (n: number) => `lan-${(n % networks) + 1}`
  return {
    drawbridge: 1,
    name: `${vms} VMs`,
    hosts: Object.fromEntries(
      Array.from({ length: Math.ceil(vms / PER_HOST) }, (_, i) => [
        `pve-${i + 1}`,
        {
          role: 'proxmox',
          connection: 'lab',
          cpuThreads: 64,
          memoryMib: 196_608,
          storages: { 'local-lvm': { kind: 'lvmthin', sizeGib: 4000, content: ['images'] } },
        },
      ]),
    ),
    networks: Object.fromEntries(
      Array.from({ length: networks }, (_, i) => [
        `lan-${i + 1}`,
        { cidr: `10.${i + 1}.0.0/16`, vlan: i + 10, gateway: `10.${i + 1}.0.1` },
      ]),
    ),
    pools: Object.fromEntries(
      Array.from({ length: networks }, (_, i) => [
        `vms-${i + 1}`,
        {
          network: `lan-${i + 1}`,
          from: `10.${i + 1}.1.0`,
          to: `10.${i + 1}.200.255`,
          purpose: 'vms',
        },
      ]),
    ),
    sizes: {
      small: { cpus: 2, memoryMib: 4096, diskGib: 32 },
      large: { cpus: 4, memoryMib: 8192, diskGib: 64 },
    },
    templates: Object.fromEntries(
      Array.from({ length: Math.ceil(vms / PER_HOST) }, (_, i) => [
        `debian-${i + 1}`,
        {
          host: `pve-${i + 1}`,
          os: 'debian',
          release: '12',
          vmid: 9000 + i,
          image: { url: 'https://example.org/debian.qcow2', sha256: '0'.repeat(64) },
        },
      ]),
    ),
    vms: Object.fromEntries(
      Array.from({ length: vms }, (_, n): [string, Vm] => [
        `vm-${String(n + 1).padStart(5, '0')}`,
        {
          role: 'plain',
          host: host(n),
          vmid: 10_000 + n,
          template: `debian-${Math.floor(n / PER_HOST) + 1}`,
          size: n % 4 === 0 ? 'large' : 'small',
          nics: {
            lan: {
              network: network(n),
              address: formatIpv4(
                ((10 << 24) | (((n % networks) + 1) << 16)) + 256 + Math.floor(n / networks),
              ),
              mac: macOf(n),
            },
          },
          disks: { system: { kind: 'system' }, data: { kind: 'data', sizeGib: 16 } },
          tags: ['k8s', 'prod'],
        },
      ]),
    ),
  }
}

const macOf = (n: number): string => {
  const digits = n.toString(16).toUpperCase().padStart(6, '0')
  return `BC:24:11:${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4)}`
}

/** The same document after every hundredth VM was resized. */
export function onePercentChanged(topology: Topology, offset = 0): Topology {
  const vms = Object.entries(topology.vms ?? {}).map(([id, vm], n): [string, Vm] =>
    n % 100 === offset ? [id, { ...vm, memoryMib: 6144 + offset }] : [id, vm],
  )
  return { ...topology, vms: Object.fromEntries(vms) }
}

import type { Topology } from '../topology'

/** One host, one network with pools, three nodes: the smallest document without a problem that costs. */
export const small = (): Topology => ({
  drawbridge: 1,
  name: 'small',
  hosts: {
    pve: {
      role: 'proxmox',
      connection: 'lab',
      cpuThreads: 16,
      memoryMib: 65_536,
      storages: {
        'local-lvm': { kind: 'lvmthin', sizeGib: 500, content: ['images'], disk: 'nvme0' },
        thick: { kind: 'lvm', sizeGib: 200, content: ['images'], disk: 'sda' },
      },
      gpus: { card: { model: 'RTX' } },
    },
    pi: { role: 'panel' },
  },
  routers: { router: { address: '10.0.0.1' } },
  networks: {
    lan: { cidr: '10.0.0.0/24', gateway: '10.0.0.1', router: 'router' },
    dmz: { cidr: '10.4.0.0/24', gateway: '10.4.0.1', vlan: 40 },
  },
  pools: {
    masters: { network: 'lan', from: '10.0.0.10', to: '10.0.0.19', purpose: 'control-planes' },
    workers: { network: 'lan', from: '10.0.0.20', to: '10.0.0.29', purpose: 'workers' },
    balancers: { network: 'lan', from: '10.0.0.30', to: '10.0.0.31', purpose: 'load-balancers' },
    vms: { network: 'lan', from: '10.0.0.40', to: '10.0.0.49', purpose: 'vms' },
    metallb: { network: 'lan', from: '10.0.0.100', to: '10.0.0.120', purpose: 'metallb' },
    dhcp: { network: 'lan', from: '10.0.0.200', to: '10.0.0.250', purpose: 'dhcp' },
    'dmz-vms': { network: 'dmz', from: '10.4.0.10', to: '10.4.0.12', purpose: 'vms' },
  },
  sizes: {
    tiny: { cpus: 2, memoryMib: 4096, diskGib: 20 },
    big: { cpus: 4, memoryMib: 16_384, diskGib: 60 },
  },
  templates: {
    ubuntu: {
      os: 'ubuntu',
      release: '24.04',
      vmid: 9000,
      image: { url: 'https://example.org/noble.img', sha256: '0'.repeat(64) },
    },
  },
  vms: {
    'cp-1': {
      role: 'control-plane',
      host: 'pve',
      vmid: 200,
      template: 'ubuntu',
      size: 'tiny',
      nics: {
        lan: { network: 'lan', pool: 'masters', address: '10.0.0.10', mac: 'BC:24:11:00:00:01' },
      },
    },
    'worker-1': {
      role: 'worker',
      host: 'pve',
      vmid: 201,
      template: 'ubuntu',
      size: 'big',
      nics: { lan: { network: 'lan', address: '10.0.0.20', mac: 'BC:24:11:00:00:02' } },
      disks: {
        system: { kind: 'system' },
        longhorn: { kind: 'data', sizeGib: 50, use: 'longhorn' },
      },
    },
    web: {
      role: 'plain',
      host: 'pve',
      vmid: 202,
      template: 'ubuntu',
      size: 'tiny',
      nics: {
        lan: { network: 'lan', address: '10.0.0.40', mac: 'BC:24:11:00:00:03' },
        dmz: { network: 'dmz', address: '10.4.0.10', mac: 'BC:24:11:00:00:04' },
      },
    },
  },
  clusters: {
    k8s: {
      kubernetes: '1.36',
      podCidr: '10.244.0.0/16',
      serviceCidr: '10.96.0.0/16',
      controlPlanes: ['cp-1'],
      workers: ['worker-1'],
      addOns: { metallb: { pool: 'metallb' }, longhorn: {} },
    },
  },
})

import { type Fault, set } from './fault'
import { ADDRESS_FAULTS } from './faults-addresses'
import { CLUSTER_FAULTS } from './faults-clusters'
import { EQUIPMENT_FAULTS } from './faults-equipment'
import { MACHINE_FAULTS } from './faults-machines'
import { NETWORK_FAULTS } from './faults-networks'
import { SAFETY_FAULTS } from './faults-safety'

const FIRST_FAULTS: Fault[] = [
  ['reference.unknown', 'vms.web.size', [set('vms.web.size', 'tinny')], true],
  ['reference.unknown', 'vms.web.host', [set('vms.web.host', 'nowhere')], true],
  [
    'reference.unknown',
    'clusters.k8s.workers.1',
    [set('clusters.k8s.workers', ['worker-1', 'gone'])],
    false,
  ],
  [
    'reference.unknown',
    'vms.web.disks.d.storage',
    [set('vms.web.disks.d', { kind: 'data', sizeGib: 1, storage: 'local-lvn' })],
    true,
  ],
  ['vmid.duplicate', 'vms.web.vmid', [set('vms.web.vmid', 200)], true],
  ['vmid.duplicate', 'vms.web.vmid', [set('vms.web.vmid', 9000)], true],
  [
    'mac.duplicate',
    'vms.web.nics.dmz.mac',
    [set('vms.web.nics.dmz.mac', 'BC:24:11:00:00:03')],
    true,
  ],
  ['name.duplicate', 'vms.web.name', [set('vms.web.name', 'cp-1')], true],
  ['name.not-dns', 'networks.lan.domain', [set('networks.lan.domain', 'my_home')], false],
  [
    'ip.duplicate',
    'vms.web.nics.lan.address',
    [set('vms.web.nics.lan.address', '10.0.0.20')],
    true,
  ],
  [
    'ip.outside-network',
    'vms.web.nics.lan.address',
    [set('vms.web.nics.lan.address', '10.9.0.4')],
    true,
  ],
  [
    'ip.outside-pool',
    'vms.cp-1.nics.lan.address',
    [set('vms.cp-1.nics.lan.address', '10.0.0.60')],
    true,
  ],
  [
    'ip.outside-pool',
    'vms.web.nics.lan.address',
    [set('vms.web.nics.lan.address', '10.0.0.60')],
    true,
  ],
  [
    'ip.reserved',
    'vms.web.nics.lan.address',
    [set('vms.web.nics.lan.address', '10.0.0.255')],
    true,
  ],
  ['ip.reserved', 'vms.web.nics.dmz.address', [set('vms.web.nics.dmz.address', '10.4.0.1')], true],
  ['ip.in-dhcp', 'vms.web.nics.lan.address', [set('vms.web.nics.lan.address', '10.0.0.201')], true],
  [
    'ip.in-metallb',
    'vms.web.nics.lan.address',
    [set('vms.web.nics.lan.address', '10.0.0.101')],
    true,
  ],
  [
    'vm.no-address',
    'vms.web.nics.dmz.address',
    [set('vms.web.nics.dmz.address'), set('pools.dmz-vms')],
    false,
  ],
  ['pool.order', 'pools.vms.to', [set('pools.vms.to', '10.0.0.35')], true],
  ['pool.outside-network', 'pools.dhcp.to', [set('pools.dhcp.to', '10.0.1.4')], false],
  ['pool.overlap', 'pools.vms.from', [set('pools.vms.from', '10.0.0.29')], false],
  ['pool.overlap', 'pools.dhcp.from', [set('pools.dhcp.from', '10.0.0.110')], false],
  ['pool.holds-gateway', 'pools.dmz-vms.to', [set('pools.dmz-vms.from', '10.4.0.1')], false],
  ['network.overlap', 'networks.dmz.cidr', [set('networks.dmz.cidr', '10.0.0.0/8')], false],
  ['network.host-bits', 'networks.dmz.cidr', [set('networks.dmz.cidr', '10.4.0.7/24')], true],
  [
    'network.gateway-outside',
    'networks.dmz.gateway',
    [set('networks.dmz.gateway', '10.5.0.1')],
    false,
  ],
  ['network.no-gateway', 'networks.lan.gateway', [set('networks.lan.gateway')], false],
  ['network.vlan-duplicate', 'networks.dmz.vlan', [set('networks.dmz.vlan')], false],
  [
    'host.outside-network',
    'hosts.pve.address',
    [set('hosts.pve.network', 'lan'), set('hosts.pve.address', '10.1.0.2')],
    false,
  ],
  ['host.no-connection', 'hosts.pve.connection', [set('hosts.pve.connection')], false],
  ['host.memory-exceeded', 'hosts.pve.memoryMib', [set('hosts.pve.memoryMib', 16_384)], false],
  ['host.memory-tight', 'hosts.pve.memoryMib', [set('hosts.pve.memoryMib', 27_000)], false],
  ['host.cpu-overcommitted', 'hosts.pve.cpuThreads', [set('hosts.pve.cpuThreads', 7)], false],
  ['vm.cpu-exceeds-host', 'vms.web.cpus', [set('vms.web.cpus', 32)], false],
  ['host.no-capacity', 'hosts.pve', [set('hosts.pve.memoryMib')], false],
  [
    'storage.overcommitted',
    'hosts.pve.storages.local-lvm.sizeGib',
    [set('hosts.pve.storages.local-lvm.sizeGib', 100)],
    false,
  ],
  [
    'storage.exceeded',
    'hosts.pve.storages.thick.sizeGib',
    [set('vms.web.disks.d', { kind: 'data', sizeGib: 300, storage: 'thick' })],
    false,
  ],
  [
    'storage.no-images',
    'hosts.pve.storages.thick.content',
    [
      set('hosts.pve.storages.thick.content', ['iso']),
      set('vms.web.disks.d', { kind: 'data', sizeGib: 1, storage: 'thick' }),
    ],
    false,
  ],
  ['vm.no-host', 'vms.web.host', [set('vms.web.host')], true],
  ['vm.panel-host', 'vms.web.host', [set('vms.web.host', 'pi')], true],
  ['vm.no-size', 'vms.web.size', [set('vms.web.size')], false],
  ['vm.no-template', 'vms.web.template', [set('vms.web.template')], true],
  ['vm.no-nic', 'vms.web.nics', [set('vms.web.nics')], false],
  ['disk.no-size', 'vms.web.disks.d.sizeGib', [set('vms.web.disks.d', { kind: 'data' })], false],
  [
    'disk.system-first',
    'vms.web.disks.s.kind',
    [set('vms.web.disks', { d: { kind: 'data', sizeGib: 1 }, s: { kind: 'system' } })],
    false,
  ],
  [
    'disk.mount-duplicate',
    'vms.web.disks.e.mount',
    [
      set('vms.web.disks', {
        d: { kind: 'data', sizeGib: 1, mount: '/a' },
        e: { kind: 'data', sizeGib: 1, mount: '/a' },
      }),
    ],
    false,
  ],
  ['template.no-image', 'templates.ubuntu.image', [set('templates.ubuntu.image')], false],
  [
    'template.no-checksum',
    'templates.ubuntu.image.sha256',
    [set('templates.ubuntu.image.sha256')],
    false,
  ],
  [
    'gpu.shared',
    'vms.web.gpus.0',
    [
      set('vms.cp-1.gpus', ['card']),
      set('vms.cp-1.bios', 'ovmf'),
      set('vms.web.gpus', ['card']),
      set('vms.web.bios', 'ovmf'),
    ],
    false,
  ],
  ['gpu.firmware', 'vms.web.bios', [set('vms.web.gpus', ['card'])], true],
  [
    'cluster.no-control-plane',
    'clusters.k8s.controlPlanes',
    [set('clusters.k8s.controlPlanes', [])],
    false,
  ],
  [
    'cluster.node-role-mismatch',
    'clusters.k8s.workers.1',
    [set('clusters.k8s.workers', ['worker-1', 'web'])],
    true,
  ],
  [
    'cluster.node-twice',
    'clusters.k8s.workers.1',
    [set('clusters.k8s.workers', ['worker-1', 'worker-1'])],
    false,
  ],
  ['cluster.node-unused', 'vms.web.role', [set('vms.web.role', 'worker')], false],
  [
    'cluster.node-unused',
    'vms.web.role',
    [
      set('vms.web.role', 'worker'),
      set('vms.web.nics.lan.address', '10.0.0.21'),
      set('vms.web.disks.l', { kind: 'data', sizeGib: 9, use: 'longhorn' }),
    ],
    true,
  ],
  ['cluster.no-worker', 'clusters.k8s.workers', [set('clusters.k8s.workers', [])], false],
  ['cluster.node-too-small', 'vms.cp-1.size', [set('vms.cp-1.cpus', 1)], false],
  [
    'cluster.cidr-overlap',
    'clusters.k8s.podCidr',
    [set('clusters.k8s.podCidr', '10.0.0.0/16')],
    false,
  ],
  [
    'cluster.cidr-overlap',
    'clusters.k8s.serviceCidr',
    [set('clusters.k8s.serviceCidr', '10.244.128.0/20')],
    false,
  ],
  [
    'cluster.service-cidr-size',
    'clusters.k8s.serviceCidr',
    [set('clusters.k8s.serviceCidr', '10.96.0.0/30')],
    false,
  ],
  [
    'cluster.pod-cidr-size',
    'clusters.k8s.podCidr',
    [set('clusters.k8s.podCidr', '10.244.0.0/24')],
    false,
  ],
  [
    'cluster.endpoint-elsewhere',
    'clusters.k8s.endpoint.address',
    [set('clusters.k8s.endpoint', { name: 'k8s.lan', address: '10.0.0.99' })],
    true,
  ],
  [
    'cluster.kubernetes-ended',
    'clusters.k8s.kubernetes',
    [set('clusters.k8s.kubernetes', '1.27')],
    true,
  ],
  [
    'addon.metallb-no-pool',
    'clusters.k8s.addOns.metallb.pool',
    [set('clusters.k8s.addOns.metallb.pool'), set('pools.metallb')],
    false,
  ],
  [
    'addon.metallb-pool-purpose',
    'clusters.k8s.addOns.metallb.pool',
    [set('clusters.k8s.addOns.metallb.pool', 'vms')],
    true,
  ],
  [
    'addon.longhorn-replicas',
    'clusters.k8s.addOns.longhorn.replicas',
    [set('clusters.k8s.addOns.longhorn.replicas', 3)],
    true,
  ],
  ['addon.longhorn-disk', 'clusters.k8s.addOns.longhorn', [set('vms.worker-1.disks')], false],
  [
    'addon.nfs-no-server',
    'clusters.k8s.addOns.nfs-subdir-external-provisioner',
    [set('clusters.k8s.addOns.nfs-subdir-external-provisioner', {})],
    false,
  ],
  [
    'addon.nfs-no-disk',
    'vms.web.disks',
    [set('vms.web.role', 'nfs'), set('clusters.k8s.nfs', 'web')],
    false,
  ],
  ['addon.ended', 'clusters.k8s.addOns.promtail', [set('clusters.k8s.addOns.promtail', {})], false],
  [
    'secret.inline',
    'clusters.k8s.addOns.longhorn.values.ui.adminPassword',
    [
      set('clusters.k8s.addOns.longhorn.values', {
        ui: { adminPassword: 'hunter2', existingSecret: 'x', passwordSecretName: 'y' },
      }),
    ],
    true,
  ],
  [
    'secret.inline',
    'clusters.k8s.addOns.longhorn.values.env',
    [
      set('clusters.k8s.addOns.longhorn.values', {
        env: ['plain', 'ghp_abcdefghijklmnopqrstuvwxyz0123456789'],
      }),
    ],
    true,
  ],
  [
    'secret.inline',
    'clusters.k8s.addOns.longhorn.values.hash',
    [
      set('clusters.k8s.addOns.longhorn.values', {
        hash: 'q8Zr1Vt0Xy7LmN4pB2cD9eFgHjKsWuA3',
      }),
    ],
    true,
  ],
  [
    'secret.inline',
    'vms.web.about',
    [set('vms.web.about', 'sign in with -----BEGIN RSA PRIVATE KEY-----')],
    false,
  ],
  [
    'secret.inline',
    'services.s3.url',
    [set('services.s3', { kind: 'backup', url: 'https://me:hunter2@s3.lan' })],
    false,
  ],
  [
    'switch.ports',
    'switches.s.links',
    [set('switches.s', { ports: 1, links: ['pve', 'pi'] })],
    false,
  ],
  ['switch.no-vlans', 'switches.s.vlans', [set('switches.s', { vlans: false })], false],
]

/** A smallest failing document of every code, and beside it the nearest that passes. */
export const FAULTS: readonly Fault[] = [
  ...FIRST_FAULTS,
  ...ADDRESS_FAULTS,
  ...EQUIPMENT_FAULTS,
  ...MACHINE_FAULTS,
  ...NETWORK_FAULTS,
  ...SAFETY_FAULTS,
  ...CLUSTER_FAULTS,
]

import { type Fault, set } from './fault'

const plain = { role: 'plain', host: 'pve', template: 'ubuntu', size: 'tiny' }
const lan = { lan: { network: 'lan' } }
const member = (role: string) => ({ ...plain, role, nics: lan })
const disks = (kind: string, powerLossProtection?: boolean) =>
  set('hosts.pve.disks', {
    nvme0: { kind, ...(powerLossProtection === undefined ? {} : { powerLossProtection }) },
  })
const chart = (changes: Record<string, string | string[]> = {}) => ({
  repository: 'https://example.org/charts',
  chart: 'app',
  version: '1.0.0',
  namespace: 'app',
  ...changes,
})
const three = [
  set('vms.cp-2', member('control-plane')),
  set('vms.cp-3', member('control-plane')),
  set('clusters.k8s.controlPlanes', ['cp-1', 'cp-2', 'cp-3']),
]

const second = [
  set('vms.lb', member('load-balancer')),
  set('vms.cp-b', member('control-plane')),
  set('vms.worker-b', member('worker')),
  set('clusters.k8s.loadBalancers', ['lb']),
  set('clusters.second', {
    kubernetes: '1.36',
    podCidr: '10.245.0.0/16',
    serviceCidr: '10.97.0.0/16',
    controlPlanes: ['cp-b'],
    workers: ['worker-b'],
    addOns: {},
  }),
]
const onDisk = (storage: string) => ({
  ...member('worker'),
  disks: {
    system: { kind: 'system' },
    longhorn: { kind: 'data', sizeGib: 50, use: 'longhorn', storage },
  },
})
/** Three control planes on three hosts, their disks on one storage name. */
const onHosts = (storage: string) => [
  ...three,
  ...['pve', 'pve-2', 'pve-3'].flatMap((host, i) => [
    ...(i === 0 ? [] : [set(`hosts.${host}`, { role: 'proxmox', connection: 'lab' })]),
    set(`hosts.${host}.storages.nas`, { kind: 'nfs', content: ['images'] }),
    set(`hosts.${host}.storages.local-lvm`, { kind: 'lvmthin', content: ['images'] }),
    set(`vms.cp-${i + 1}.host`, host),
    set(`vms.cp-${i + 1}.disks`, { system: { kind: 'system', storage } }),
  ]),
]

/** Versions, add-ons, charts and what clusters stand on. */
export const CLUSTER_FAULTS: Fault[] = [
  [
    'cluster.containerd-ended',
    'templates.ubuntu.release',
    [set('templates.ubuntu.os', 'debian'), set('templates.ubuntu.release', '13')],
    false,
    [set('templates.ubuntu.release', '22.04')],
  ],
  [
    'cluster.containerd-ended',
    'clusters.k8s.containerd',
    [set('clusters.k8s.containerd', '1.7.x')],
    true,
    [set('clusters.k8s.containerd', '2.3')],
  ],
  [
    'service.ended',
    'services.s3.software',
    [set('services.s3', { kind: 'backup', software: 'MinIO' })],
    false,
    [set('services.s3', { kind: 'backup', software: 'garage' })],
  ],
  [
    'cluster.machine-shared',
    'clusters.second.loadBalancers.0',
    [...second, set('clusters.second.loadBalancers', ['lb'])],
    false,
    [
      ...second,
      set('vms.lb-2', member('load-balancer')),
      set('clusters.second.loadBalancers', ['lb-2']),
    ],
  ],
  [
    'addon.metallb-pool-shared',
    'clusters.second.addOns.metallb.pool',
    [...second, set('clusters.second.addOns.metallb', {})],
    false,
    [
      ...second,
      set('pools.more', {
        ...{ network: 'lan', from: '10.0.0.130', to: '10.0.0.139', purpose: 'metallb' },
      }),
      set('clusters.second.addOns.metallb', { pool: 'more' }),
    ],
  ],
  [
    'addon.longhorn-one-host',
    'clusters.k8s.addOns.longhorn',
    [set('vms.worker-2', onDisk('thick')), set('clusters.k8s.workers', ['worker-1', 'worker-2'])],
    false,
    [
      set('vms.worker-2', onDisk('local-lvm')),
      set('clusters.k8s.workers', ['worker-1', 'worker-2']),
    ],
  ],
  [
    'cluster.one-storage',
    'clusters.k8s.controlPlanes',
    onHosts('nas'),
    false,
    onHosts('local-lvm'),
  ],
  ['cluster.host-failures', 'clusters.k8s.controlPlanes', three, false, onHosts('local-lvm')],
  [
    'cluster.kubernetes-ending',
    'clusters.k8s.kubernetes',
    [set('clusters.k8s.kubernetes', '1.35')],
    true,
    [set('clusters.k8s.kubernetes', '1.36')],
  ],
  [
    'cluster.kubernetes-unknown',
    'clusters.k8s.kubernetes',
    [set('clusters.k8s.kubernetes', '1.38')],
    false,
    [set('clusters.k8s.kubernetes', '1.37')],
  ],
  [
    'cluster.cgroup-v1',
    'templates.ubuntu.release',
    [set('templates.ubuntu.release', '20.04')],
    false,
    [set('templates.ubuntu.release', '20.04'), set('clusters.k8s.kubernetes', '1.34')],
  ],
  [
    'cluster.containerd-skew',
    'templates.ubuntu.release',
    [set('clusters.k8s.kubernetes', '1.29')],
    false,
    [set('clusters.k8s.kubernetes', '1.30')],
  ],
  [
    'cluster.containerd-skew',
    'templates.ubuntu.release',
    [set('templates.ubuntu.os', 'debian'), set('templates.ubuntu.release', '12')],
    false,
    [set('templates.ubuntu.os', 'debian'), set('templates.ubuntu.release', '13')],
  ],
  [
    'template.os-ended',
    'templates.ubuntu.release',
    [set('templates.ubuntu.release', '20.04')],
    false,
    [set('templates.ubuntu.release', '22.04')],
  ],
  [
    'addon.unknown',
    'clusters.k8s.addOns.traefik',
    [set('clusters.k8s.addOns.traefik', {})],
    true,
    [set('clusters.k8s.addOns.traefik', { enabled: false })],
  ],
  [
    'addon.not-for-kubernetes',
    'clusters.k8s.addOns.ingress-nginx',
    [set('clusters.k8s.addOns.ingress-nginx', {})],
    false,
    [set('clusters.k8s.addOns.ingress-nginx', {}), set('clusters.k8s.kubernetes', '1.35')],
  ],
  [
    'addon.not-for-kubernetes',
    'clusters.k8s.addOns.cert-manager.version',
    [set('clusters.k8s.addOns.cert-manager', { version: 'v1.20.0' })],
    true,
    [set('clusters.k8s.addOns.cert-manager', { version: 'v1.21.1' })],
  ],
  [
    'addon.version-ended',
    'clusters.k8s.addOns.longhorn.version',
    [set('clusters.k8s.addOns.longhorn.version', '1.7.x')],
    true,
    [set('clusters.k8s.addOns.longhorn.version', '1.10.x')],
  ],
  [
    'addon.version-ended',
    'clusters.k8s.cni.version',
    [set('clusters.k8s.cni', { kind: 'calico', version: '3.27.x' })],
    true,
    [set('clusters.k8s.cni', { kind: 'calico' })],
  ],
  [
    'addon.version-ended',
    'clusters.k8s.addOns.cert-manager',
    [set('clusters.k8s.addOns.cert-manager', {}), set('clusters.k8s.kubernetes', '1.30')],
    false,
    [set('clusters.k8s.addOns.cert-manager', {})],
  ],
  [
    'chart.ended',
    'clusters.k8s.charts.s3.chart',
    [set('clusters.k8s.charts.s3', chart({ chart: 'minio' }))],
    false,
    [set('clusters.k8s.charts.s3', chart({ chart: 'garage' }))],
  ],
  [
    'chart.ended',
    'clusters.k8s.charts.db.repository',
    [set('clusters.k8s.charts.db', chart({ repository: 'https://charts.bitnami.com/bitnami' }))],
    false,
    [set('clusters.k8s.charts.db', chart())],
  ],
  [
    'chart.unknown-need',
    'clusters.k8s.charts.app.needs.0',
    [set('clusters.k8s.charts.app', chart({ needs: ['postgres'] }))],
    false,
    [set('clusters.k8s.charts.app', chart({ needs: ['longhorn'] }))],
  ],
  [
    'chart.needs-cycle',
    'clusters.k8s.charts.a.needs',
    [
      set('clusters.k8s.charts.a', chart({ needs: ['b'] })),
      set('clusters.k8s.charts.b', chart({ needs: ['a'] })),
    ],
    false,
    [set('clusters.k8s.charts.a', chart({ needs: ['b'] })), set('clusters.k8s.charts.b', chart())],
  ],
  [
    'name.namespace',
    'clusters.k8s.charts.app.namespace',
    [set('clusters.k8s.charts.app', chart({ namespace: 'kube-system' }))],
    true,
    [set('clusters.k8s.charts.app', chart({ namespace: 'kubes' }))],
  ],
  [
    'cluster.nodes-apart',
    'vms.worker-1.nics',
    [set('vms.worker-1.nics', { dmz: { network: 'dmz' } })],
    false,
    [set('vms.worker-1.nics', { dmz: { network: 'dmz' }, lan: { network: 'lan' } })],
  ],
  [
    'addon.istio-ebpf',
    'clusters.k8s.cni.mode',
    [
      set('clusters.k8s.cni', { kind: 'calico' }),
      set('clusters.k8s.charts.istiod', chart({ chart: 'istiod' })),
    ],
    true,
    [
      set('clusters.k8s.cni', { kind: 'calico', mode: 'iptables' }),
      set('clusters.k8s.charts.istiod', chart({ chart: 'istiod' })),
    ],
  ],
  [
    'addon.metallb-silent',
    'clusters.k8s.addOns.metallb.values.speaker.ignoreExcludeLB',
    [
      set('clusters.k8s.workers', []),
      set('clusters.k8s.addOns.metallb.values', { speaker: { ignoreExcludeLB: false } }),
    ],
    true,
    [set('clusters.k8s.workers', [])],
  ],
  [
    'addon.metallb-elsewhere',
    'clusters.k8s.addOns.metallb.pool',
    [
      set('pools.metallb', {
        network: 'dmz',
        from: '10.4.0.100',
        to: '10.4.0.120',
        purpose: 'metallb',
      }),
    ],
    false,
    [
      set('pools.metallb', {
        network: 'dmz',
        from: '10.4.0.100',
        to: '10.4.0.120',
        purpose: 'metallb',
      }),
      set('vms.worker-1.nics.dmz', { network: 'dmz', address: '10.4.0.11' }),
    ],
  ],
  [
    'addon.bare-interface',
    'clusters.k8s.addOns.longhorn.values.service.ui.type',
    [set('clusters.k8s.addOns.longhorn.values', { service: { ui: { type: 'LoadBalancer' } } })],
    true,
    [set('clusters.k8s.addOns.longhorn.values', { service: { ui: { type: 'ClusterIP' } } })],
  ],
  [
    'addon.bare-interface',
    'clusters.k8s.addOns.longhorn.values.ingress.enabled',
    [set('clusters.k8s.addOns.longhorn.values', { ingress: { enabled: true } })],
    true,
    [set('clusters.k8s.addOns.longhorn.values', { ingress: { enabled: false } })],
  ],
  [
    'addon.no-retention',
    'clusters.k8s.addOns.loki.values.loki.limits_config.retention_period',
    [
      set('clusters.k8s.addOns.loki', {
        values: { loki: { limits_config: { retention_period: '0s' } } },
      }),
    ],
    true,
    [
      set('clusters.k8s.addOns.loki', {
        values: { loki: { limits_config: { retention_period: '24h' } } },
      }),
    ],
  ],
  [
    'addon.no-volume',
    'clusters.k8s.addOns.loki',
    [set('clusters.k8s.addOns', { loki: {} })],
    true,
    [set('clusters.k8s.addOns', { loki: {}, 'local-path-provisioner': {} })],
  ],
  [
    'addon.velero-nowhere',
    'clusters.k8s.addOns.velero',
    [set('clusters.k8s.addOns.velero', {})],
    false,
    [
      set('clusters.k8s.addOns.velero', {}),
      set('services.s3', { kind: 'backup', url: 'https://s3.lan' }),
    ],
  ],
  ['cluster.etcd-slow-disk', 'vms.cp-1.disks', [disks('hdd')], false, [disks('ssd')]],
  [
    'cluster.etcd-no-power-loss-protection',
    'clusters.k8s.controlPlanes',
    [disks('nvme', false)],
    false,
    [disks('nvme')],
  ],
  [
    'cluster.etcd-beside-longhorn',
    'clusters.k8s.controlPlanes',
    [disks('nvme')],
    false,
    [
      set('hosts.pve.disks', { nvme0: { kind: 'nvme' }, sda: { kind: 'ssd' } }),
      set('vms.worker-1.disks.longhorn.storage', 'thick'),
    ],
  ],
  [
    'cluster.load-balancer-single',
    'clusters.k8s.loadBalancers',
    [...three, set('vms.lb', member('load-balancer')), set('clusters.k8s.loadBalancers', ['lb'])],
    false,
    [
      ...three,
      set('vms.lb', member('load-balancer')),
      set('vms.lb-2', member('load-balancer')),
      set('clusters.k8s.loadBalancers', ['lb', 'lb-2']),
    ],
  ],
  [
    'cluster.nfs-single',
    'clusters.k8s.nfs',
    [
      set('vms.web.role', 'nfs'),
      set('vms.web.disks', { data: { kind: 'data', sizeGib: 20, use: 'nfs' } }),
      set('clusters.k8s.nfs', 'web'),
    ],
    false,
  ],
  [
    'cluster.endpoint-name',
    'clusters.k8s.endpoint.name',
    [set('clusters.k8s.endpoint', { name: '10.0.0.10', address: '10.0.0.10' })],
    false,
    [set('clusters.k8s.endpoint', { name: 'k8s.lan', address: '10.0.0.10' })],
  ],
  [
    'cluster.endpoint-name',
    'clusters.k8s.endpoint.name',
    [set('clusters.k8s.endpoint', { name: 'k8s', address: '10.0.0.10' })],
    false,
    [set('clusters.k8s.endpoint', { name: 'k8s.lan', address: '10.0.0.10' })],
  ],
  [
    'network.storage-slow',
    'clusters.k8s.workers',
    [
      set('hosts.pve-2', {
        role: 'proxmox',
        connection: 'lab-2',
        cpuThreads: 8,
        memoryMib: 32_768,
      }),
      set('hosts.pve.nics', { eno1: { speedMbit: 1000 } }),
      set('vms.worker-2', { ...member('worker'), host: 'pve-2' }),
      set('clusters.k8s.workers', ['worker-1', 'worker-2']),
    ],
    false,
    [
      set('hosts.pve-2', {
        role: 'proxmox',
        connection: 'lab-2',
        cpuThreads: 8,
        memoryMib: 32_768,
      }),
      set('hosts.pve.nics', { eno1: { speedMbit: 2500 } }),
      set('vms.worker-2', { ...member('worker'), host: 'pve-2' }),
      set('clusters.k8s.workers', ['worker-1', 'worker-2']),
    ],
  ],
  [
    'field.not-applied',
    'clusters.k8s.audit',
    [set('clusters.k8s.audit', { level: 'metadata' })],
    false,
    [set('clusters.k8s.networkPolicy', 'open')],
  ],
  [
    'field.not-applied',
    'clusters.k8s',
    [set('clusters.k8s.encryptSecrets', true), set('clusters.k8s.networkPolicy', 'default-deny')],
    false,
    [set('clusters.k8s.encryptSecrets', false)],
  ],
  [
    'addon.longhorn-one-copy',
    'clusters.k8s.addOns.longhorn',
    [set('vms.worker-2', member('worker')), set('clusters.k8s.workers', ['worker-1', 'worker-2'])],
    false,
    [
      set('vms.worker-2', {
        ...member('worker'),
        disks: { data: { kind: 'data', sizeGib: 50, use: 'longhorn', storage: 'thick' } },
      }),
      set('clusters.k8s.workers', ['worker-1', 'worker-2']),
    ],
  ],
]

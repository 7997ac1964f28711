import { callerName } from '../../access'
import { hostFingerprint } from '../../host-certificate'
import { releaseOf, versionOf } from '../../release'
import type { LabHost } from '../../state'
import { startTask } from '../../tasks/start-task'
import { log, sleep } from '../../tasks/task'
import { usedBytes } from '../../vm/storage'
import { invalid, LabError } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'

const GIB = 2 ** 30
const hostOf = ({ lab, params }: Call): LabHost => lab.state.hosts[params.node ?? ''] as LabHost
const YEAR_S = 365 * 86_400

/** The certificate that pveproxy shows, and the one of the cluster's own authority that signed it. */
function certificates(call: Call): CallResult {
  const host = hostOf(call)
  const own = host.certificate
  const born = Math.floor(host.bootedWall / 1000) - 30 * 86_400
  const row = {
    subject: `/CN=${host.node}.lab/OU=PVE Cluster Node/O=Drawbridge Lab (simulation)`,
    issuer: '/CN=Proxmox Virtual Environment/OU=lab/O=Drawbridge Lab (simulation)',
    san: ['localhost', host.node, host.address],
    fingerprint: hostFingerprint(host),
    notbefore: own?.notBefore ?? born,
    notafter: own?.notAfter ?? born + 2 * YEAR_S,
    'public-key-type': 'rsaEncryption',
    'public-key-bits': 2048,
    ...(own ? { pem: own.pem } : {}),
  }
  return { data: [{ filename: 'pve-ssl.pem', ...row }] }
}

function uploadCertificate(call: Call): CallResult {
  const { certificates: pem = '' } = call.params
  if (!/-----BEGIN CERTIFICATE-----/.test(pem))
    throw invalid({ certificates: 'invalid format - not a PEM-encoded certificate\n' })
  return { data: { filename: 'pveproxy-ssl.pem', fingerprint: hostFingerprint(hostOf(call)), pem } }
}

/** A package's figures as apt tells them. */
const PACKAGES = [
  ...[
    ['pve-manager', 'version', 'Proxmox'],
    ['qemu-server', '9.0.23', 'Proxmox'],
  ],
  ...[
    ['proxmox-ve', '9.0.0', 'Proxmox'],
    ['libpve-storage-perl', '9.0.13', 'Proxmox'],
  ],
  ...[
    ['corosync', '3.1.9-pve2', 'Proxmox'],
    ['openssl', '3.5.1-1', 'Debian'],
  ],
] as const

function versions({ lab }: Call): CallResult {
  const { version, kernel } = versionOf(lab.state)
  return {
    data: PACKAGES.map(([name, number, origin]) => ({
      ...{ Package: name, Title: name, Origin: origin, Arch: 'amd64', Section: 'admin' },
      ...{ Priority: 'optional', CurrentState: 'Installed', Description: name },
      Version: number === 'version' ? version : number,
      OldVersion: number === 'version' ? version : number,
      ...(name === 'pve-manager' ? { RunningKernel: kernel, ManagerVersion: version } : {}),
    })),
  }
}

/** Two updates wait on a host that nobody has cared for since it was started. */
function updates({ lab }: Call): CallResult {
  const nine = releaseOf(lab.state) === '9'
  return {
    data: [
      ['pve-manager', versionOf(lab.state).version, nine ? '9.0.14' : '8.4.22', 'Proxmox'],
      ['openssl', nine ? '3.5.1-1' : '3.0.17-1', nine ? '3.5.4-1' : '3.0.18-1', 'Debian'],
    ].map(([name, old, version, origin]) => ({
      ...{ Package: name, Title: name, OldVersion: old, Version: version, Origin: origin },
      ...{ Arch: 'amd64', Section: 'admin', Priority: 'optional', Description: name },
    })),
  }
}

/** One NVMe that holds everything, and how worn it is. */
function disks(call: Call): CallResult {
  const host = hostOf(call)
  const size = Object.values(call.lab.state.storages).reduce(
    (sum, storage) => sum + (storage.shared ? 0 : storage.totalBytes),
    0,
  )
  return {
    data: host.foreignQemu
      ? []
      : [
          {
            ...{ devpath: '/dev/nvme0n1', type: 'nvme', model: 'Samsung SSD 990 PRO', used: 'LVM' },
            ...{ by_id_link: '/dev/disk/by-id/nvme-Samsung_SSD_990_PRO_S6Z1', vendor: 'unknown' },
            ...{ serial: 'S6Z1', wwn: 'eui.002538b931a0c1d2', health: 'PASSED', rpm: 0, gpt: 1 },
            ...{ size, wearout: 97, osdid: -1, 'osdid-list': null },
          },
        ],
  }
}

function smart(call: Call): CallResult {
  if (call.params.disk !== '/dev/nvme0n1')
    throw new LabError(`disk '${call.params.disk}' does not exist`)
  const hours = Math.floor((call.lab.now.wall - hostOf(call).bootedWall) / 3_600_000) + 4200
  return {
    data: {
      ...{ health: 'PASSED', type: 'text', wearout: 97 },
      text: [
        'SMART/Health Information (NVMe Log 0x02)',
        'Critical Warning:                   0x00',
        'Temperature:                        41 Celsius',
        'Available Spare:                    100%',
        'Percentage Used:                    3%',
        `Power On Hours:                     ${hours}`,
        'Media and Data Integrity Errors:    0',
        '',
      ].join('\n'),
    },
  }
}

/** Thin pools of the host with data and metadata in use: metadata grows with every volume. */
function thinPools(call: Call): CallResult {
  const { lab, params } = call
  return {
    data: Object.values(lab.state.storages)
      .filter(({ type }) => type === 'lvmthin')
      .map((storage) => {
        const used = usedBytes(lab.state, storage, params.node ?? '')
        return {
          ...{ lv: storage.config?.thinpool ?? 'data', vg: storage.config?.vgname ?? 'pve' },
          ...{ lv_size: storage.totalBytes, used, metadata_size: 16 * GIB },
          metadata_used: Math.round(16 * GIB * (0.01 + (0.25 * used) / storage.totalBytes)),
        }
      }),
  }
}

const CPU_MODELS =
  'host kvm64 qemu64 max x86-64-v2 x86-64-v2-AES x86-64-v3 x86-64-v4 EPYC EPYC-Rome EPYC-Milan EPYC-Genoa Skylake-Server Icelake-Server Cascadelake-Server'

const vendorOf = (name: string): string =>
  name.startsWith('EPYC') ? 'AuthenticAMD' : /Server$/.test(name) ? 'GenuineIntel' : 'default'

const MACHINES = ['10.0', '9.2', '9.0', '8.2', '8.1', '7.2', '7.1', '6.2', '5.2', '4.2']

function machines(): CallResult {
  return {
    data: ['q35', 'i440fx'].flatMap((type) => [
      ...MACHINES.map((version) => ({ id: `pc-${type}-${version}`, type, version })),
      {
        ...{ id: `pc-${type}-4.1+pve2`, type, version: '4.1+pve2' },
        changes: 'More SCSI drives can be attached.',
      },
    ]),
  }
}

const AUDIT = { need: 'Sys.Audit on /nodes/{node}' }
const MODIFY = { need: 'Sys.Modify on /nodes/{node}' }

export const hostCareEndpoints = [
  endpoint('GET /nodes/{node}/certificates', {}, () => ({
    data: ['acme', 'custom', 'info'].map((name) => ({ name })),
  })),
  endpoint('GET /nodes/{node}/certificates/info', {}, certificates),
  endpoint(
    'POST /nodes/{node}/certificates/custom',
    { ...MODIFY, params: 'certificates:str key?:str force?:bool restart?:bool' },
    uploadCertificate,
  ),
  endpoint(
    'DELETE /nodes/{node}/certificates/custom',
    { ...MODIFY, params: 'restart?:bool' },
    () => ({ data: null }),
  ),
  endpoint('GET /nodes/{node}/apt', {}, () => ({
    data: ['changelog', 'repositories', 'update', 'versions'].map((id) => ({ id })),
  })),
  endpoint('GET /nodes/{node}/apt/versions', AUDIT, versions),
  endpoint('GET /nodes/{node}/apt/update', MODIFY, updates),
  endpoint(
    'POST /nodes/{node}/apt/update',
    { ...MODIFY, params: 'notify?:bool quiet?:bool' },
    ({ lab, params, caller }) => ({
      data: startTask(lab, {
        ...{ node: params.node ?? '', type: 'aptupdate', id: '', user: callerName(caller) },
        stages: [log('starting apt-get update'), sleep(4000), log('Reading package lists...')],
      }),
    }),
  ),
  endpoint('GET /nodes/{node}/disks', {}, () => ({
    data: ['list', 'initgpt', 'smart', 'lvm', 'lvmthin', 'directory', 'wipedisk', 'zfs'].map(
      (name) => ({ name }),
    ),
  })),
  endpoint(
    'GET /nodes/{node}/disks/list',
    { ...AUDIT, params: 'type?:str skipsmart?:bool include-partitions?:bool' },
    disks,
  ),
  endpoint(
    'GET /nodes/{node}/disks/smart',
    { ...AUDIT, params: 'disk:str healthonly?:bool' },
    smart,
  ),
  endpoint('GET /nodes/{node}/disks/lvmthin', AUDIT, thinPools),
  endpoint('GET /nodes/{node}/disks/zfs', AUDIT, ({ lab }) => ({
    data: Object.values(lab.state.storages)
      .filter(({ type }) => type === 'zfspool')
      .map((storage) => ({
        ...{ name: storage.config?.pool ?? 'rpool', health: 'ONLINE', dedup: 1, frag: 4 },
        ...{ size: storage.totalBytes, alloc: storage.ownBytes },
        free: storage.totalBytes - storage.ownBytes,
      })),
  })),
  endpoint('GET /nodes/{node}/disks/zfs/{name}', AUDIT, ({ lab, params }) => {
    const pool = Object.values(lab.state.storages).find(
      ({ type, config }) => type === 'zfspool' && (config?.pool ?? 'rpool') === params.name,
    )
    if (!pool) throw new LabError(`zpool '${params.name}' does not exist`)
    return {
      data: {
        ...{ name: params.name, state: 'ONLINE', errors: 'No known data errors' },
        children: [{ name: params.name, state: 'ONLINE', read: 0, write: 0, cksum: 0, leaf: 0 }],
      },
    }
  }),
  endpoint('GET /nodes/{node}/capabilities/qemu', {}, () => ({
    data: [{ name: 'cpu' }, { name: 'machines' }],
  })),
  endpoint('GET /nodes/{node}/capabilities/qemu/cpu', {}, () => ({
    data: CPU_MODELS.split(' ').map((name) => ({ name, vendor: vendorOf(name), custom: 0 })),
  })),
  endpoint('GET /nodes/{node}/capabilities/qemu/machines', {}, machines),
]

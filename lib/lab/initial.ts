import { allPrivileges, predefinedRoles } from './access'
import type { Now } from './clock'
import type { LabHost, LabState, Volume } from './state'
import { volumeKey } from './state'
import { addVm } from './vm/make-vm'

const GIB = 2 ** 30

export type LabSecrets = {
  /** Of `drawbridge@pve!panel`. */
  tokenSecret: string
  rootPassword: string
}

/** What the panel's token may do: what deploying needs on PVE 9, the networks of hosts included. */
const panelPrivileges = (release: '8.4' | '9'): string[] =>
  allPrivileges({ release }).filter((name) =>
    /^(Datastore\.(Allocate|AllocateSpace|AllocateTemplate|Audit)|Pool\.Audit|SDN\.(Allocate|Audit|Use)|Mapping\.(Audit|Use)|Sys\.(AccessNetwork|Audit|Console|Modify|Syslog)|VM\.(?!Backup|Replicate).*)$/.test(
      name,
    ),
  )

export const PANEL_TOKEN = 'drawbridge@pve!panel'

/** What a lab is to be: one host with PVE 9 where nothing is said. */
export type LabShape = {
  /** 1, or 3 as a cluster with quorum and a shared NFS storage `nas`. */
  hosts?: 1 | 3
  release?: '8.4' | '9'
}

/**
 * One host as the Dark Knight homelab has it (Ryzen 9, 32 threads, 128 GiB, 2 TB NVMe, RTX 4080)
 * with PVE 9.0, and two guests that are nobody's here: what is not ours must stay as it is.
 */
export function makeLab(
  seed: number,
  secrets: LabSecrets,
  now: Now,
  { hosts = 1, release = '9' }: LabShape = {},
): LabState {
  const state: LabState = {
    v: 1,
    ...(release === '9' ? {} : { release }),
    seed: seed >>> 0,
    at: now.at,
    hosts: { pve1: darkKnight(now) },
    storages: {
      local: {
        id: 'local',
        type: 'dir',
        nodes: null,
        totalBytes: 100 * GIB,
        ownBytes: 6 * GIB,
        content: ['iso', 'import', 'vztmpl', 'backup', 'snippets'],
        shared: false,
      },
      'local-lvm': {
        id: 'local-lvm',
        type: 'lvmthin',
        nodes: null,
        totalBytes: 1862 * GIB,
        ownBytes: 0,
        content: ['images', 'rootdir'],
        shared: false,
      },
    },
    volumes: {},
    vms: {},
    tasks: [],
    serial: 0,
    locks: {},
    waiters: [],
    access: {
      users: {
        'root@pam': { password: secrets.rootPassword },
        'drawbridge@pve': { password: null },
      },
      tokens: { [PANEL_TOKEN]: { secret: secrets.tokenSecret, privsep: true } },
      roles: {
        ...predefinedRoles({ release }),
        Drawbridge: panelPrivileges(release),
      },
      acl: ['drawbridge@pve', PANEL_TOKEN].map((who) => ({
        path: '/',
        who,
        role: 'Drawbridge',
        propagate: true,
      })),
      tickets: {},
    },
    faults: [],
    record: { holds: [], requests: 0, commands: 0 },
  }
  if (hosts === 3) joinCluster(state, now)
  addStrangers(state, now)
  return state
}

/** Two smaller hosts beside the first, and a NAS that all of them reach. */
function joinCluster(state: LabState, now: Now): void {
  for (const number of [2, 3]) {
    const host = darkKnight(now)
    const address = `10.0.0.${9 + number}`
    state.hosts[`pve${number}`] = {
      ...{ ...host, node: `pve${number}`, address, cpuThreads: 16, memoryMib: 65_536, pci: [] },
      bridges: host.bridges.map((bridge) => ({ ...bridge, cidr: `${address}/24` })),
    }
  }
  state.cluster = { name: 'lab', version: 3, twoNode: false }
  state.storages.nas = {
    ...{ id: 'nas', type: 'nfs', nodes: null, totalBytes: 8000 * GIB, ownBytes: 900 * GIB },
    content: ['images', 'iso', 'import', 'backup', 'rootdir'],
    shared: true,
    config: { server: '10.0.0.5', export: '/volume1/proxmox' },
  }
}

const darkKnight = (now: Now): LabHost => ({
  node: 'pve1',
  address: '10.0.0.10',
  cpuModel: 'AMD Ryzen 9 7950X 16-Core Processor',
  cpuThreads: 32,
  memoryMib: 131_072,
  ownMemoryMib: 3072,
  bootedWall: now.wall - 19 * 86_400_000,
  bridges: [{ name: 'vmbr0', ports: 'enp5s0', vlanAware: true, cidr: '10.0.0.10/24' }],
  pci: [
    {
      id: '0000:01:00.0',
      class: '0x030000',
      vendor: 'NVIDIA Corporation',
      device: 'AD103 [GeForce RTX 4080]',
      group: 12,
    },
    {
      id: '0000:01:00.1',
      class: '0x040300',
      vendor: 'NVIDIA Corporation',
      device: 'AD103 High Definition Audio Controller',
      group: 12,
    },
    {
      id: '0000:02:00.0',
      class: '0x010802',
      vendor: 'Samsung Electronics Co Ltd',
      device: 'NVMe SSD Controller 990 PRO',
      group: 14,
    },
    {
      id: '0000:05:00.0',
      class: '0x020000',
      vendor: 'Intel Corporation',
      device: 'Ethernet Controller I225-V',
      group: 17,
    },
  ],
})

/** A container and a VM that somebody else made. Their data is theirs. */
function addStrangers(state: LabState, now: Now): void {
  const container = addVm(
    { state },
    {
      vmid: 100,
      node: 'pve1',
      kind: 'lxc',
      config: {
        hostname: 'home-assistant',
        arch: 'amd64',
        ostype: 'debian',
        cores: '2',
        memory: '2048',
        swap: '512',
        onboot: '1',
        unprivileged: '1',
        rootfs: 'local-lvm:vm-100-disk-0,size=16G',
        net0: 'name=eth0,bridge=vmbr0,hwaddr=BC:24:11:5A:00:64,ip=10.0.0.60/24,gw=10.0.0.1,type=veth',
        description: 'Home Assistant. Do not touch on weekends.',
      },
    },
  )
  const vm = addVm(
    { state },
    {
      vmid: 101,
      node: 'pve1',
      config: {
        name: 'workstation',
        cores: '4',
        memory: '8192',
        ostype: 'l26',
        scsihw: 'virtio-scsi-single',
        scsi0: 'local-lvm:vm-101-disk-0,iothread=1,size=120G',
        net0: 'virtio=BC:24:11:5A:00:65,bridge=vmbr0',
        boot: 'order=scsi0',
        smbios1: 'uuid=7d0c3f57-6d7e-4f8c-9b0a-2f1d4a6c9e01',
        vmgenid: '5b8e6f0a-93d1-4c27-8f65-1a9b0c7d3e02',
        meta: 'creation-qemu=9.2.0,ctime=1748772000',
        onboot: '1',
      },
    },
  )
  for (const [guest, gib, used, load] of [
    [container, 16, 9, { cpu: 0.04, memoryMib: 1180 }],
    [vm, 120, 71, { cpu: 0.02, memoryMib: 5200 }],
  ] as const) {
    const volume: Volume = {
      volid: `local-lvm:vm-${guest.vmid}-disk-0`,
      node: 'pve1',
      storage: 'local-lvm',
      content: guest.kind === 'lxc' ? 'rootdir' : 'images',
      format: 'raw',
      bytes: gib * GIB,
      usedBytes: used * GIB,
      vmid: guest.vmid,
      parent: null,
      ctime: 1_748_772_000,
      disk: null,
      files: null,
    }
    state.volumes[volumeKey('pve1', volume.volid)] = volume
    guest.load = load
    guest.running = true
    guest.active = { ...guest.config }
    guest.startedAt = now.at
    guest.startedWall = now.wall - 6 * 86_400_000
    guest.pid = 1800 + guest.vmid
  }
}

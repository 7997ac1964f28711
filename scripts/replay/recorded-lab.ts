import { predefinedRoles } from '@/lib/lab/access'
import { imageDisk } from '@/lib/lab/guest/images'
import { makeLab } from '@/lib/lab/initial'
import type { LabHost, LabState, Volume } from '@/lib/lab/state'

const MIB = 2 ** 20

/** The instant of the recording's first answer, as milliseconds since 1970. */
export const RECORDED_FROM = Date.parse('Mon, 23 Nov 2026 09:28:29 GMT')

const VIRTIO = [
  ['0000:00:01.0', '0xffff00', 'Virtio 1.0 memory balloon', '0x1045'],
  ['0000:00:02.0', '0x018000', 'Virtio 1.0 block device', '0x1042'],
  ['0000:00:03.0', '0x020000', 'Virtio 1.0 network device', '0x1041'],
] as const

/** The recorded machine: a small virtual one with PVE 8.4, one folder as storage, one bridge. */
function recordedHost(node: string, address: string): LabHost {
  return {
    node,
    address,
    cpuModel: 'AMD EPYC',
    cpuThreads: 2,
    memoryMib: Math.round(25_276_502_016 / MIB),
    ownMemoryMib: 1330,
    bootedWall: RECORDED_FROM - 1_282_000,
    bridges: [{ name: 'vmbr0', ports: '', vlanAware: false, cidr: `${address}/24` }],
    network: {
      current: {
        eno1: { type: 'eth', method: 'manual', method6: 'manual' },
        vmbr0: {
          type: 'bridge',
          method: 'static',
          method6: 'manual',
          autostart: '1',
          cidr: `${address}/24`,
          bridge_ports: '',
          bridge_stp: 'off',
          bridge_fd: '0',
        },
      },
      staged: null,
    },
    dns: { dns1: '10.255.255.53' },
    timezone: 'Etc/UTC',
    foreignQemu: '7.2.22',
    legacyBios: true,
    statsFrom: 10_000,
    pci: VIRTIO.map(([id, kind, device, number]) => ({
      id,
      class: kind,
      vendor: 'Red Hat, Inc.',
      device,
      group: -1,
      ids: {
        vendor: '0x1af4',
        device: number,
        subsystemVendor: '0x1af4',
        subsystemDevice: number,
      },
      subsystem: { vendor: 'Red Hat, Inc.', device },
    })),
  }
}

/** The lab as the recorded machine was before the first request (its `nodes`, `storage-list`, `network`). */
export function recordedLab(): LabState {
  const now = { at: 0, wall: RECORDED_FROM, speed: 1 }
  const state = makeLab(84, { tokenSecret: 'unused', rootPassword: 'Secret-Pw1' }, now)
  state.release = '8.4'
  state.hosts = { pve1: recordedHost('pve1', '10.99.0.1') }
  state.storages = {
    local: {
      id: 'local',
      type: 'dir',
      nodes: null,
      totalBytes: 270_553_174_016,
      ownBytes: 36_356_247_552,
      content: ['images', 'rootdir', 'vztmpl', 'backup', 'iso', 'snippets'],
      shared: false,
    },
  }
  state.vms = {}
  state.volumes = {}
  const { users } = state.access
  state.access = {
    ...state.access,
    users: { 'root@pam': users['root@pam'] ?? { password: null } },
    tokens: {},
    acl: [],
    roles: predefinedRoles(state),
  }
  return state
}

/** Between two requests the machine became the first of a cluster of two, and others worked on it by token. */
export function addSecondNode(state: LabState): void {
  state.hosts.pve2 = recordedHost('pve2', '10.99.0.2')
  state.cluster = { name: 'lab', version: 2, twoNode: true }
  const last = state.tasks.at(-1)
  if (!last) return
  const user = 'root@pam!lab'
  const upid = last.upid.replace(/:[^:]+:$/, `:${user}:`)
  state.tasks.push({ ...structuredClone(last), user, upid, exit: 'OK', run: null })
  const far = { ...structuredClone(last), node: 'pve2', exit: 'OK', run: null }
  state.tasks.push({ ...far, upid: last.upid.replace(/^UPID:\w+:/, 'UPID:pve2:') })
}

function systemDisk(state: LabState, vmid: number): Volume | undefined {
  return Object.values(state.volumes).find(
    (volume) => volume.vmid === vmid && /-disk-0/.test(volume.volid),
  )
}

/** Puts a system with the guest agent on a VM's disk. */
export function giveSystem(state: LabState, vmid: number): void {
  const volume = systemDisk(state, vmid)
  const system = imageDisk('debian-12.qcow2')?.disk
  if (!volume || !system?.os) return
  system.os.packages['qemu-guest-agent'] = '1:7.2'
  system.os.imageBytes = volume.bytes
  volume.disk = system
}

/** Leaves a VM nothing to boot. */
export function takeSystem(state: LabState, vmid: number): void {
  const volume = systemDisk(state, vmid)
  if (volume?.disk) volume.disk.os = null
}

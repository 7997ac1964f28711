import { releaseOf, versionOf } from '../../release'
import type { LabHost, LabPciDevice } from '../../state'
import { hostFigures, vmFigures } from '../../vm/status'
import { usedBytes } from '../../vm/storage'
import { type Call, type CallResult, endpoint } from '../endpoint'
import { fieldsOf } from '../section'
import { nodeRow } from './cluster'
import { vmOf } from './qemu'

const MIB = 2 ** 20
const RRD = 'timeframe:enum(hour,day,week,month,year) cf?:enum(AVERAGE,MAX)'
const SERVICES = 'pveproxy pvedaemon pvestatd pve-cluster corosync pvescheduler ssh chrony'.split(
  ' ',
)
const hostOf = ({ lab, params }: Call): LabHost => lab.state.hosts[params.node ?? ''] as LabHost

function status(call: Call): CallResult {
  const { lab, params } = call
  const host = hostOf(call)
  const figures = hostFigures(lab, host)
  const local = lab.state.storages.local
  const used = local ? usedBytes(lab.state, local, params.node ?? '') : 0
  const total = host.memoryMib * MIB
  const root = local?.totalBytes ?? 0
  const { kernel, version, repoid } = versionOf(lab.state)
  return {
    data: {
      uptime: figures.uptime,
      cpu: figures.cpu,
      wait: 0,
      idle: 0,
      loadavg: [1, 0.9, 0.8].map((share) => (figures.cpu * host.cpuThreads * share).toFixed(2)),
      memory: {
        used: figures.memory,
        free: total - figures.memory,
        ...(releaseOf(lab.state) === '9' ? { available: total - figures.memory } : {}),
        total,
      },
      swap: { total: 8 * 2 ** 30, used: 0, free: 8 * 2 ** 30 },
      rootfs: { total: root, used, free: root - used, avail: root - used },
      ksm: { shared: 0 },
      cpuinfo: {
        model: host.cpuModel,
        cpus: host.cpuThreads,
        cores: host.cpuThreads / 2,
        sockets: 1,
        mhz: '4500.000',
        hvm: '1',
        user_hz: 100,
        flags: 'fpu vme de pse tsc msr pae mce cx8 apic svm aes avx avx2 sse4_1 sse4_2 ssse3',
      },
      'boot-info': host.legacyBios ? { mode: 'legacy-bios' } : { mode: 'efi', secureboot: 0 },
      'current-kernel': {
        sysname: 'Linux',
        release: kernel,
        machine: 'x86_64',
        version: `#1 SMP PREEMPT_DYNAMIC PMX ${kernel.replace('-pve', '')}`,
      },
      kversion: `Linux ${kernel} #1 SMP PREEMPT_DYNAMIC PMX ${kernel.replace('-pve', '')}`,
      pveversion: `pve-manager/${version}/${repoid}`,
    },
  }
}

const INDEX =
  'aplinfo apt capabilities ceph certificates config disks dns firewall hardware hosts journal lxc migrateall netstat network qemu query-url-metadata replication report rrd rrddata scan services spiceshell startall status stopall storage subscription suspendall syslog tasks termproxy time version vncshell vzdump wakeonlan sdn'

/** The lab's router has the first address of a host's network: `10.0.0.1` of `10.0.0.10/24`. */
const routerOf = (cidr: string) => cidr.replace(/\.\d+\/\d+$/, '.1')

function dns(call: Call): CallResult {
  const host = hostOf(call)
  if (host.dns) return { data: host.dns }
  const own = host.bridges.find(({ cidr }) => cidr)?.cidr
  return { data: { search: 'home.arpa', ...(own ? { dns1: routerOf(own) } : {}) } }
}

function pciRow(device: LabPciDevice): Record<string, unknown> {
  const { ids, subsystem } = device
  return {
    id: device.id,
    class: device.class,
    vendor_name: device.vendor,
    device_name: device.device,
    iommugroup: device.group,
    ...(ids ? { vendor: ids.vendor, device: ids.device } : {}),
    ...(ids?.subsystemVendor ? { subsystem_vendor: ids.subsystemVendor } : {}),
    ...(ids?.subsystemDevice ? { subsystem_device: ids.subsystemDevice } : {}),
    ...(subsystem ? { subsystem_vendor_name: subsystem.vendor } : {}),
  }
}

/** Samples of the last hour, one per minute. A host that has not been watched so long has gaps. */
function rrd(call: Call, value: (ago: number) => Record<string, number>): CallResult {
  const minute = Math.floor(call.lab.now.wall / 60_000)
  return {
    data: Array.from({ length: 70 }, (_, index) => {
      const ago = 69 - index
      const known = call.lab.now.at / 60_000 > ago
      return { time: (minute - ago) * 60, ...(known ? value(ago) : {}) }
    }),
  }
}

const need = (privileges: string) => ({ need: `${privileges} on /nodes/{node}` })

export const nodeEndpoints = [
  endpoint('GET /nodes', {}, (call) => ({
    data: Object.keys(call.lab.state.hosts).map((node) => nodeRow(call, node)),
  })),
  endpoint('GET /nodes/{node}/status', { need: 'Sys.Audit on /nodes/{node}' }, status),
  endpoint('GET /nodes/{node}', {}, () => ({
    data: INDEX.split(' ').map((name) => ({ name })),
  })),
  endpoint('GET /nodes/{node}/version', {}, ({ lab }) => {
    const { release, repoid, version } = versionOf(lab.state)
    return { data: { release, repoid, version } }
  }),
  endpoint('GET /nodes/{node}/time', need('Sys.Audit'), (call) => ({
    data: {
      time: Math.floor(call.lab.now.wall / 1000),
      localtime: Math.floor(call.lab.now.wall / 1000),
      timezone: hostOf(call).timezone ?? 'UTC',
    },
  })),
  endpoint('PUT /nodes/{node}/time', need('Sys.Modify'), (call) => {
    hostOf(call).timezone = call.params.timezone ?? 'UTC'
    return { data: null }
  }),
  endpoint('GET /nodes/{node}/dns', need('Sys.Audit'), dns),
  endpoint('PUT /nodes/{node}/dns', need('Sys.Modify'), (call) => {
    hostOf(call).dns = fieldsOf(call.params)
    return { data: null }
  }),
  endpoint('GET /nodes/{node}/services', need('Sys.Audit'), (call) => ({
    data: hostOf(call).foreignQemu
      ? []
      : SERVICES.map((name) => ({
          ...{ service: name, name, desc: name, state: 'running' },
          ...{ 'active-state': 'active', 'unit-state': 'enabled' },
        })),
  })),
  endpoint('GET /nodes/{node}/subscription', {}, () => ({
    data: { status: 'notfound', message: 'There is no subscription key', serverid: '' },
  })),
  endpoint('GET /nodes/{node}/rrddata', { ...need('Sys.Audit'), params: RRD }, (call) => {
    const host = hostOf(call)
    const { cpu, memory } = hostFigures(call.lab, host)
    return rrd(call, () => ({
      ...{ cpu, maxcpu: host.cpuThreads, memused: memory, memtotal: host.memoryMib * MIB },
      ...{ roottotal: 0, rootused: 0, swaptotal: 0, swapused: 0 },
      ...{ iowait: 0, loadavg: cpu * host.cpuThreads, netin: 0, netout: 0 },
    }))
  }),
  endpoint(
    'GET /nodes/{node}/qemu/{vmid}/rrddata',
    { need: 'VM.Audit on /vms/{vmid}', params: RRD },
    (call) => {
      const { cpu, cpus, mem, maxmem, netin, netout } = vmFigures(call.lab, vmOf(call))
      const told = call.lab.state.hosts[call.params.node ?? '']?.foreignQemu === undefined
      const disks = { disk: 0, maxdisk: 0, ...(told ? { diskread: 0, diskwrite: 0 } : {}) }
      return rrd(call, () => ({ cpu, maxcpu: cpus, mem, maxmem, netin, netout, ...disks }))
    },
  ),
  endpoint('GET /nodes/{node}/hardware', {}, () => ({ data: [{ type: 'pci' }, { type: 'usb' }] })),
  endpoint('GET /nodes/{node}/hardware/usb', { need: 'Sys.Modify on /' }, () => ({ data: [] })),
  endpoint('GET /nodes/{node}/hardware/pci/{pciid}', { need: 'Sys.Audit|Sys.Modify on /' }, () => ({
    data: [{ method: 'mdev' }],
  })),
  endpoint(
    'GET /nodes/{node}/hardware/pci/{pciid}/mdev',
    { need: 'Sys.Audit|Sys.Modify on /' },
    () => ({
      data: [],
    }),
  ),
  endpoint(
    'GET /nodes/{node}/hardware/pci',
    {
      need: 'Sys.Audit|Sys.Modify on /',
      params: 'pci-class-blacklist?:str verbose?:bool',
    },
    (call) => ({ data: hostOf(call).pci.map(pciRow) }),
  ),
]

import { mayDo } from '../../access'
import type { LabHost } from '../../state'
import { hostFigures } from '../../vm/status'
import { usedBytes } from '../../vm/storage'
import { type Call, type CallResult, endpoint } from '../endpoint'
import { nodeRow } from './cluster'

const MIB = 2 ** 20
const hostOf = ({ lab, params }: Call): LabHost => lab.state.hosts[params.node ?? ''] as LabHost

function status(call: Call): CallResult {
  const { lab, params } = call
  const host = hostOf(call)
  const figures = hostFigures(lab, host)
  const local = lab.state.storages.local
  const used = local ? usedBytes(lab.state, local, params.node ?? '') : 0
  const total = host.memoryMib * MIB
  const root = local?.totalBytes ?? 0
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
        available: total - figures.memory,
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
      'boot-info': { mode: 'efi', secureboot: 0 },
      'current-kernel': {
        sysname: 'Linux',
        release: '6.14.11-4-pve',
        machine: 'x86_64',
        version: '#1 SMP PREEMPT_DYNAMIC PMX 6.14.11-4',
      },
      kversion: 'Linux 6.14.11-4-pve #1 SMP PREEMPT_DYNAMIC PMX 6.14.11-4',
      pveversion: 'pve-manager/9.0.11/9ac1d5a8e9ab0b5f',
    },
  }
}

function network(call: Call): CallResult {
  const bridges = hostOf(call).bridges.map((bridge, index) => ({
    iface: bridge.name,
    type: 'bridge',
    active: 1,
    autostart: 1,
    priority: 4 + index,
    families: ['inet'],
    method: bridge.cidr ? 'static' : 'manual',
    method6: 'manual',
    bridge_ports: bridge.ports,
    bridge_stp: 'off',
    bridge_fd: '0',
    ...(bridge.vlanAware ? { bridge_vlan_aware: 1, bridge_vids: '2-4094' } : {}),
    ...(bridge.cidr
      ? {
          cidr: bridge.cidr,
          address: bridge.cidr.split('/')[0],
          netmask: bridge.cidr.split('/')[1],
          gateway: routerOf(bridge.cidr),
        }
      : {}),
  }))
  const ports = hostOf(call)
    .bridges.filter((bridge) => bridge.ports)
    .map((bridge) => ({
      iface: bridge.ports,
      type: 'eth',
      exists: 1,
      active: 1,
      method: 'manual',
      method6: 'manual',
      families: ['inet'],
      priority: 3,
    }))
  const rows = [...ports, ...bridges]
  const wanted = call.params.type
  return {
    data: rows.filter(
      (row) => !wanted || row.type === wanted || (wanted === 'any_bridge' && row.type === 'bridge'),
    ),
  }
}

/** The lab's router has the first address of a host's network: `10.0.0.1` of `10.0.0.10/24`. */
const routerOf = (cidr: string) => cidr.replace(/\.\d+\/\d+$/, '.1')

export const nodeEndpoints = [
  endpoint('GET /nodes', {}, (call) => ({
    data: Object.keys(call.lab.state.hosts).map((node) => nodeRow(call, node)),
  })),
  endpoint('GET /nodes/{node}/status', { need: 'Sys.Audit on /nodes/{node}' }, status),
  endpoint('GET /nodes/{node}/version', {}, () => ({
    data: { release: '9.0', repoid: '9ac1d5a8e9ab0b5f', version: '9.0.11' },
  })),
  endpoint('GET /nodes/{node}/time', { need: 'Sys.Audit on /nodes/{node}' }, ({ lab }) => ({
    data: {
      time: Math.floor(lab.now.wall / 1000),
      localtime: Math.floor(lab.now.wall / 1000),
      timezone: 'UTC',
    },
  })),
  endpoint('GET /nodes/{node}/dns', { need: 'Sys.Audit on /nodes/{node}' }, (call) => {
    const own = hostOf(call).bridges.find(({ cidr }) => cidr)?.cidr
    return { data: { search: 'home.arpa', ...(own ? { dns1: routerOf(own) } : {}) } }
  }),
  endpoint('GET /nodes/{node}/network', { params: 'type?:str' }, (call) =>
    mayDo(call.lab.state, call.caller, `/nodes/${call.params.node}`, 'Sys.Audit') ||
    mayDo(call.lab.state, call.caller, '/sdn/zones/localnetwork', 'SDN.Use')
      ? network(call)
      : { data: [] },
  ),
  endpoint(
    'GET /nodes/{node}/hardware/pci',
    {
      need: 'Sys.Audit|Sys.Modify on /nodes/{node}',
      params: 'pci-class-blacklist?:str verbose?:bool',
    },
    (call) => ({
      data: hostOf(call).pci.map((device) => ({
        id: device.id,
        class: device.class,
        vendor_name: device.vendor,
        device_name: device.device,
        iommugroup: device.group,
      })),
    }),
  ),
]

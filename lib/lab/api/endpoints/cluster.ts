import { mayDo } from '../../access'
import { faultsOf } from '../../faults'
import type { Lab, Vm } from '../../state'
import { hostFigures, vmFigures } from '../../vm/status'
import { usedBytes } from '../../vm/storage'
import { LabError } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'
import { clusterTaskRow, mayAuditTasks } from './tasks'

const MIB = 2 ** 20

const isDown = (lab: Lab, node: string): boolean =>
  faultsOf(lab.state, 'host-down').some((fault) => fault.node === node)

/** `GET /nodes`: what anybody may see, and the figures for those who may audit. */
export function nodeRow({ lab, caller }: Call, node: string): Record<string, unknown> {
  const host = lab.state.hosts[node]
  const row = {
    node,
    id: `node/${node}`,
    type: 'node',
    status: isDown(lab, node) ? 'offline' : 'online',
    level: '',
  }
  if (!host || isDown(lab, node) || !mayDo(lab.state, caller, `/nodes/${node}`, 'Sys.Audit'))
    return row
  const figures = hostFigures(lab, host)
  const local = lab.state.storages.local
  return {
    ...row,
    cpu: figures.cpu,
    maxcpu: host.cpuThreads,
    mem: figures.memory,
    maxmem: host.memoryMib * MIB,
    disk: local ? usedBytes(lab.state, local, node) : 0,
    maxdisk: local?.totalBytes ?? 0,
    uptime: figures.uptime,
  }
}

function vmRow(lab: Lab, vm: Vm): Record<string, unknown> {
  const { cpus, pid: _pid, ...figures } = vmFigures(lab, vm)
  return {
    ...figures,
    maxcpu: cpus,
    id: `${vm.kind}/${vm.vmid}`,
    type: vm.kind,
    node: vm.node,
    template: vm.config.template === '1' ? 1 : 0,
    ...(isDown(lab, vm.node) ? { status: 'unknown' } : {}),
  }
}

function storageRows({ lab, caller }: Call): Record<string, unknown>[] {
  return Object.values(lab.state.storages).flatMap((storage) =>
    (storage.nodes ?? Object.keys(lab.state.hosts))
      .filter(() => mayDo(lab.state, caller, `/storage/${storage.id}`, 'Datastore.Audit'))
      .map((node) => ({
        id: `storage/${node}/${storage.id}`,
        type: 'storage',
        node,
        storage: storage.id,
        plugintype: storage.type,
        content: storage.content.join(','),
        shared: storage.shared ? 1 : 0,
        status: isDown(lab, node) ? 'unknown' : 'available',
        disk: usedBytes(lab.state, storage, node),
        maxdisk: storage.totalBytes,
      })),
  )
}

function resources(call: Call): CallResult {
  const { lab, params, caller } = call
  const wanted = (type: string) => !params.type || params.type === type
  return {
    data: [
      ...(wanted('node') ? Object.keys(lab.state.hosts).map((node) => nodeRow(call, node)) : []),
      ...(wanted('vm')
        ? Object.values(lab.state.vms)
            .filter((vm) => mayDo(lab.state, caller, `/vms/${vm.vmid}`, 'VM.Audit'))
            .map((vm) => vmRow(lab, vm))
        : []),
      ...(wanted('storage') ? storageRows(call) : []),
      ...(wanted('sdn')
        ? Object.keys(lab.state.hosts).map((node) => ({
            id: `sdn/${node}/localnetwork`,
            sdn: 'localnetwork',
            node,
            type: 'sdn',
            status: 'ok',
          }))
        : []),
    ],
  }
}

function nextId({ lab, params }: Call): CallResult {
  if (params.vmid) {
    if (lab.state.vms[params.vmid])
      throw new LabError('Parameter verification failed.', 400, {
        vmid: `VM ${params.vmid} already exists`,
      })
    return { data: params.vmid }
  }
  let vmid = 100
  while (lab.state.vms[vmid]) vmid += 1
  return { data: String(vmid) }
}

export const clusterEndpoints = [
  endpoint('GET /cluster/resources', { params: 'type?:enum(vm,storage,node,sdn)' }, resources),
  endpoint('GET /cluster/nextid', { params: 'vmid?:vmid' }, nextId),
  endpoint('GET /cluster/status', { need: 'Sys.Audit on /' }, ({ lab }) => ({
    data: Object.values(lab.state.hosts).map((host, index) => ({
      type: 'node',
      id: `node/${host.node}`,
      name: host.node,
      nodeid: index,
      ip: host.address,
      local: index === 0 ? 1 : 0,
      online: isDown(lab, host.node) ? 0 : 1,
      level: '',
    })),
  })),
  endpoint('GET /cluster/tasks', {}, (call) => ({
    data: call.lab.state.tasks
      .filter((task) => mayAuditTasks(call, task))
      .slice(-25)
      .reverse()
      .map(clusterTaskRow),
  })),
  endpoint('GET /cluster/options', { need: 'Sys.Audit on /' }, () => ({
    data: {
      keyboard: 'en-us',
      mac_prefix: 'BC:24:11',
      'next-id': { lower: 100, upper: 1_000_000 },
    },
  })),
  endpoint('GET /pools', {}, () => ({ data: [] })),
]

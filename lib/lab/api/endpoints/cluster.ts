import { mayDo } from '../../access'
import { atInstant } from '../../clock'
import { optionsOf, poolsOf } from '../../cluster-state'
import { hostFingerprint } from '../../host-certificate'
import { zonesOn } from '../../host-sdn'
import { isDown, quorate } from '../../quorum'
import type { Lab, LabHost, Vm } from '../../state'
import { hostFigures, vmFigures } from '../../vm/status'
import { usedBytes } from '../../vm/storage'
import { invalid } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'
import { changedSection, toShown } from '../section'
import { clusterTaskRow, mayAuditTasks } from './tasks'

const MIB = 2 ** 20
const TELLS_EVERY_MS = 10_000

/** Whether pvestatd of that host has reported yet; before, everything on it is `unknown`. */
const reported = (lab: Lab, node: string): boolean =>
  lab.now.at >= (lab.state.hosts[node]?.statsFrom ?? 0)

/** What everybody may see of a node. */
function nodeHead(lab: Lab, node: string): Record<string, unknown> {
  const known = reported(lab, node)
  return {
    node,
    id: `node/${node}`,
    type: 'node',
    status: !known ? 'unknown' : isDown(lab.state, node) ? 'offline' : 'online',
    ...(known ? { level: '' } : {}),
  }
}

function nodeFigures(lab: Lab, host: LabHost): Record<string, unknown> {
  const local = lab.state.storages.local
  const sizes = {
    maxcpu: host.cpuThreads,
    maxmem: host.memoryMib * MIB,
    maxdisk: local?.totalBytes ?? 0,
  }
  if (isDown(lab.state, host.node)) return sizes
  const figures = hostFigures(lab, host)
  return {
    ...sizes,
    cpu: figures.cpu,
    mem: figures.memory,
    disk: local ? usedBytes(lab.state, local, host.node) : 0,
    uptime: figures.uptime,
  }
}

function nodeFields({ lab, caller }: Call, node: string): Record<string, unknown> {
  const host = lab.state.hosts[node]
  const open =
    host && reported(lab, node) && mayDo(lab.state, caller, `/nodes/${node}`, 'Sys.Audit')
  return { ...nodeHead(lab, node), ...(open ? nodeFigures(lab, host) : {}) }
}

/** `GET /nodes`: what anybody may see, and the figures for those who may audit. */
export function nodeRow(call: Call, node: string): Record<string, unknown> {
  const host = call.lab.state.hosts[node] as LabHost
  return { ...nodeFields(call, node), ssl_fingerprint: hostFingerprint(host) }
}

/** `cluster/resources` of a node. */
function nodeResource(call: Call, node: string): Record<string, unknown> {
  const fields = nodeFields(call, node)
  return 'maxcpu' in fields ? { ...fields, 'cgroup-mode': 1 } : fields
}

const poolOf = (lab: Lab, vmid: number): string | null =>
  Object.entries(poolsOf(lab.state)).find(([, pool]) => pool.guests.includes(vmid))?.[0] ?? null

/**
 * What is not as pvestatd told it last: it tells of every guest each 10 s, and `cluster/resources`
 * shows what it told (PVE 8 API2Tools.pm extract_vm_stats). Ansible's `state: absent, force: true`
 * runs into it after a start: taken for a stopped VM, and then `VM 252 is running - destroy failed`.
 */
function lagging(lab: Lab, vm: Vm): Record<string, unknown> {
  const told = atInstant(lab.now, lab.now.at - (lab.now.at % TELLS_EVERY_MS))
  const started = vm.startedAt > told.at
  const stopped = (vm.stoppedAt ?? 0) > told.at
  if (started === stopped) return {}
  if (started) return vm.running ? { status: 'stopped', uptime: 0, cpu: 0, mem: 0 } : {}
  return { status: 'running', uptime: Math.floor((told.wall - vm.startedWall) / 1000) }
}

/** A guest as `cluster/resources` and the members of a pool show it. */
export function guestResource(lab: Lab, vm: Vm): Record<string, unknown> {
  const { cpus, pid: _pid, serial: _serial, ...figures } = vmFigures(lab, vm)
  return {
    ...figures,
    ...lagging(lab, vm),
    diskread: 0,
    diskwrite: 0,
    maxcpu: cpus,
    id: `${vm.kind}/${vm.vmid}`,
    type: vm.kind,
    node: vm.node,
    template: vm.config.template === '1' ? 1 : 0,
    ...(isDown(lab.state, vm.node) ? { status: 'unknown' } : {}),
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
        ...(reported(lab, node) && !isDown(lab.state, node)
          ? {
              status: 'available',
              disk: usedBytes(lab.state, storage, node),
              maxdisk: storage.totalBytes,
            }
          : { status: 'unknown' }),
      })),
  )
}

const USAGE = ['cpu', 'maxcpu', 'mem', 'maxmem', 'uptime'] as const

/** Pools with what their running members use together. */
function poolRows(lab: Lab, guests: Record<string, unknown>[]): Record<string, unknown>[] {
  return Object.keys(poolsOf(lab.state)).map((pool) => {
    const running = guests.filter((guest) => guest.pool === pool && Number(guest.uptime) > 0)
    const sums = USAGE.map((key) => [
      key,
      running.reduce((sum, guest) => sum + Number(guest[key]), 0),
    ])
    return {
      ...{ id: `/pool/${pool}`, type: 'pool', pool },
      ...(running.length > 0 ? Object.fromEntries(sums) : {}),
    }
  })
}

function sdnRows(lab: Lab): Record<string, unknown>[] {
  return Object.keys(lab.state.hosts).flatMap((node) => [
    { id: `sdn/${node}/localnetwork`, sdn: 'localnetwork', node, type: 'sdn', status: 'ok' },
    ...zonesOn(lab.state, node).map(({ zone, status }) => ({
      ...{ id: `sdn/${node}/${zone}`, sdn: zone, node, type: 'sdn' },
      status: status === 'available' ? 'ok' : status,
    })),
  ])
}

function resources(call: Call): CallResult {
  const { lab, params, caller } = call
  const wanted = (type: string) => !params.type || params.type === type
  const guests = Object.values(lab.state.vms)
    .filter((vm) => mayDo(lab.state, caller, `/vms/${vm.vmid}`, 'VM.Audit'))
    .map((vm) => {
      const pool = poolOf(lab, vm.vmid)
      return { ...guestResource(lab, vm), ...(pool ? { pool } : {}) }
    })
  return {
    data: [
      ...(params.type ? [] : poolRows(lab, guests)),
      ...(wanted('vm') ? guests : []),
      ...(wanted('node')
        ? Object.keys(lab.state.hosts).map((node) => nodeResource(call, node))
        : []),
      ...(wanted('storage') ? storageRows(call) : []),
      ...(wanted('sdn') ? sdnRows(lab) : []),
    ],
  }
}

/** A string, from the range that the datacenter's options give. */
function nextId({ lab, params }: Call): CallResult {
  if (params.vmid) {
    if (lab.state.vms[params.vmid]) throw invalid({ vmid: `VM ${params.vmid} already exists` })
    return { data: params.vmid }
  }
  const range = new Map(
    (optionsOf(lab.state)['next-id'] ?? '').split(',').map((part) => part.split('=') as never),
  ) as Map<string, string>
  let vmid = Number(range.get('lower') ?? 100)
  while (lab.state.vms[vmid]) vmid += 1
  return { data: String(vmid) }
}

function status({ lab, request }: Call): CallResult {
  const hosts = Object.values(lab.state.hosts)
  const here = request.via ?? hosts[0]?.node
  const cluster = lab.state.cluster
  const joined = cluster !== undefined || hosts.length > 1
  const rows = hosts.map((host, index) => ({
    type: 'node',
    id: `node/${host.node}`,
    name: host.node,
    nodeid: joined ? index + 1 : 0,
    ip: host.address,
    local: host.node === here ? 1 : 0,
    online: isDown(lab.state, host.node) ? 0 : 1,
    level: '',
  }))
  const head = {
    ...{ type: 'cluster', id: 'cluster', name: cluster?.name ?? 'lab' },
    version: cluster?.version ?? hosts.length,
    nodes: hosts.length,
    quorate: quorate(lab.state) ? 1 : 0,
  }
  return { data: joined ? [head, ...rows] : rows }
}

/** Options of datacenter.cfg; tags in use are told as well. */
function options({ lab }: Call): CallResult {
  const own = optionsOf(lab.state)
  const tags = Object.values(lab.state.vms).flatMap(({ config }) => config.tags?.split(';') ?? [])
  const range = own['next-id']
  return {
    data: {
      mac_prefix: 'BC:24:11',
      description: '',
      'allowed-tags': [...new Set(tags)].sort(),
      ...toShown(own, ['max_workers']),
      ...(range
        ? { 'next-id': Object.fromEntries(range.split(',').map((p) => p.split('='))) }
        : {}),
    },
  }
}

/** The cluster's log as tasks leave it: their beginnings and ends, latest first. */
function clusterLog({ lab, params }: Call): CallResult {
  const lines = lab.state.tasks.flatMap((task) => {
    const line = (at: number, pri: number, msg: string) => ({
      ...{ time: Math.floor(at / 1000), pri, msg, tag: 'pvedaemon', pid: 169 },
      ...{ node: task.node, user: task.user },
    })
    const begun = line(task.startWall, 6, `starting task ${task.upid}`)
    if (task.exit === null) return [begun]
    const failed = task.exit !== 'OK'
    return [begun, line(task.endWall ?? 0, failed ? 3 : 6, `end task ${task.upid} ${task.exit}`)]
  })
  const rows = lines.map((line, index) => ({
    ...line,
    uid: String(index + 1),
    id: `${index + 1}:${line.node}`,
  }))
  return { data: rows.reverse().slice(0, Number(params.max ?? 50)) }
}

export const clusterEndpoints = [
  endpoint('GET /cluster', {}, () => ({
    data: 'acme backup backup-info config firewall ha jobs log mapping metrics nextid notifications options replication resources sdn status tasks ceph'
      .split(' ')
      .map((name) => ({ name })),
  })),
  endpoint('GET /cluster/resources', { params: 'type?:enum(vm,storage,node,sdn)' }, resources),
  endpoint('GET /cluster/nextid', { params: 'vmid?:vmid' }, nextId),
  endpoint('GET /cluster/status', { need: 'Sys.Audit on /' }, status),
  endpoint('GET /cluster/tasks', {}, (call) => ({
    data: call.lab.state.tasks
      .filter((task) => mayAuditTasks(call, task))
      .slice(-25)
      .reverse()
      .map((task) => clusterTaskRow(call.lab, task)),
  })),
  endpoint('GET /cluster/log', { params: 'max?:int(1,)' }, clusterLog),
  endpoint('GET /cluster/options', { need: 'Sys.Audit on /' }, options),
  endpoint('PUT /cluster/options', { need: 'Sys.Modify on /' }, ({ lab, params }) => {
    lab.state.options = changedSection(optionsOf(lab.state), params)
    return { data: null }
  }),
]

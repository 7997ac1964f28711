import { callerName } from '../../access'
import { copyMs, DURATIONS } from '../../durations'
import { isDown } from '../../quorum'
import { randomHex } from '../../random'
import type { Vm } from '../../state'
import { lockConfig } from '../../tasks/locks'
import { startTask } from '../../tasks/start-task'
import { act, log, sleep } from '../../tasks/task'
import { assertUnlocked, wantedConfig } from '../../vm/config'
import { isCdrom, parseDrive } from '../../vm/drive'
import { localDisks } from '../../vm/migrate'
import { findVolume } from '../../vm/storage'
import { disksOf } from '../../vm/volume-of-drive'
import { invalid, LabError } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'
import { vmOf } from './qemu'

const INDEX =
  'config cloudinit pending status unlink vncproxy termproxy migrate resize move rrd rrddata monitor agent snapshot spiceproxy sendkey firewall mtunnel remote_migrate'

/** Devices of the host that a running guest holds. */
const localResources = (vm: Vm): string[] =>
  Object.entries(vm.config)
    .filter(([key, value]) => /^(hostpci|usb)\d+$/.test(key) && !/mapping=|spice/.test(value))
    .map(([key]) => key)

function preconditions(call: Call): CallResult {
  const { lab } = call
  const vm = vmOf(call)
  const others = Object.keys(lab.state.hosts).filter((node) => node !== vm.node)
  const allowed = others.filter((node) => !isDown(lab.state, node))
  const disks = localDisks(lab, vm).map(({ slot, volume }) => ({
    ...{ volid: volume.volid, drivename: slot, size: volume.bytes, shared: 0, replicate: 1 },
    cdrom: isCdrom(parseDrive(vm.config[slot] ?? '') ?? { file: '', options: {} }) ? 1 : 0,
    ...{ is_attached: 1, is_tpmstate: slot === 'tpmstate0' ? 1 : 0, is_unused: 0, is_vmstate: 0 },
  }))
  return {
    data: {
      running: vm.running ? 1 : 0,
      allowed_nodes: vm.running ? [] : allowed,
      not_allowed_nodes: vm.running ? {} : Object.fromEntries(others.map((node) => [node, {}])),
      local_disks: disks,
      local_resources: localResources(vm),
      'mapped-resources': [],
      'mapped-resource-info': {},
    },
  }
}

function migrate(call: Call): CallResult {
  const { lab, params, caller } = call
  const target = params.target ?? ''
  if (target === params.node) throw invalid({ target: 'target is local node.' })
  if (!lab.state.hosts[target]) throw new LabError(`no such cluster node '${target}'`)
  const vm = vmOf(call)
  assertUnlocked(vm)
  if (vm.running && params.online !== '1')
    throw new LabError("can't migrate running VM without --online")
  const disks = localDisks(lab, vm)
  if (vm.running && disks.length > 0 && params['with-local-disks'] !== '1')
    throw new LabError(`can't live migrate attached local disks without with-local-disks option`)
  const held = localResources(vm)
  if (vm.running && held.length > 0 && params.force !== '1')
    throw new LabError(`can't migrate running VM which uses local devices: ${held.join(', ')}`)
  const ms = disks.reduce<number>((sum, { volume }) => sum + copyMs(volume), DURATIONS.migrate)
  return {
    data: startTask(lab, {
      ...{ node: vm.node, type: 'qmigrate', id: String(vm.vmid), user: callerName(caller) },
      stages: [
        lockConfig(vm.vmid),
        log(`starting migration of VM ${vm.vmid} to node '${target}'`),
        ...disks.map(({ volume }) => log(`found local disk '${volume.volid}' (attached)`)),
        sleep(ms),
        act('vm.migrate', { vmid: vm.vmid, target, storage: params.targetstorage ?? null }),
      ],
    }),
  }
}

/** What a guest's disks can do: raw files in a folder have neither snapshots nor clones of them. */
function feature(call: Call): CallResult {
  const { lab, params } = call
  const vm = vmOf(call)
  const disks = disksOf(vm.config).map(({ drive }) => findVolume(lab.state, vm.node, drive.file))
  const plain = (volume: (typeof disks)[number]): boolean =>
    volume !== null && lab.state.storages[volume.storage]?.type === 'dir' && volume.format === 'raw'
  const base = vm.config.template === '1'
  const has =
    params.feature === 'copy'
      ? true
      : params.feature === 'snapshot'
        ? !disks.some(plain)
        : base || (params.snapname !== undefined && !disks.some(plain))
  return { data: { hasFeature: has ? 1 : 0, nodes: Object.keys(lab.state.hosts) } }
}

/** Consoles that were opened are tasks as long as their port waits for a client. */
function openConsole(
  call: Call,
  { type, vmid, screen }: { type: string; vmid: string; screen: boolean },
): CallResult {
  const port = freePort(call)
  const { lab, params, caller } = call
  const node = params.node ?? ''
  const user = callerName(caller)
  const stamp = Math.floor(lab.now.wall / 1000)
    .toString(16)
    .toUpperCase()
  const ticket = `PVEVNC:${stamp}::${randomHex(lab.state, 64)}`
  const upid = startTask(lab, {
    ...{ node, type, id: vmid, user },
    stages: [log(`starting ${type} ${upidText(node, vmid)}`), sleep(10_000)],
  })
  lab.state.consoles = {
    ...Object.fromEntries(
      Object.entries(lab.state.consoles ?? {}).filter(([, { until }]) => until > lab.now.wall),
    ),
    [ticket]: {
      node,
      vmid: vmid ? Number(vmid) : null,
      type,
      screen,
      port,
      user,
      until: lab.now.wall + 40_000,
    },
  }
  return { data: { user, ticket, port: String(port), upid } }
}

const upidText = (node: string, vmid: string): string =>
  vmid ? `vnc proxy for VM ${vmid} on ${node}` : `shell on ${node}`

const freePort = ({ lab }: Call): number => {
  const taken = Object.values(lab.state.consoles ?? {})
    .filter(({ until }) => until > lab.now.wall)
    .map(({ port }) => port)
  let port = 5900
  while (taken.includes(port)) port += 1
  return port
}

/** A VNC port of a guest; a ticket of a stopped one leads nowhere, which its task tells. */
function vncProxy(call: Call): CallResult {
  const { lab } = call
  const vm = vmOf(call)
  const opened = openConsole(call, {
    ...{ type: 'vncproxy', vmid: String(vm.vmid), screen: true },
  }) as { data: object }
  const host = lab.state.hosts[vm.node]
  return {
    data: {
      ...opened.data,
      cert: host?.certificate?.pem ?? '',
      password: randomHex(lab.state, 8),
    },
  }
}

function termProxy(call: Call): CallResult {
  const vm = vmOf(call)
  const wanted = call.params.serial ?? 'serial0'
  if (!(wanted in vm.config)) throw new LabError(`unable to find a serial interface`)
  return openConsole(call, { type: 'vncproxy', vmid: String(vm.vmid), screen: false })
}

/** Options of cloud-init that a guest has not been booted with yet. */
function cloudInitPending(call: Call): CallResult {
  const vm = vmOf(call)
  const keys = ['sshkeys', 'nameserver', 'ciuser', 'searchdomain', 'cipassword']
  const config = wantedConfig(vm)
  const changed = Object.keys(config).filter(
    (key) => /^ipconfig\d+$/.test(key) && vm.active && vm.active[key] !== config[key],
  )
  return {
    data: [...keys, ...changed]
      .filter((key) => key in config)
      .map((key) => ({ key, value: key === 'cipassword' ? '**********' : config[key] })),
  }
}

/** The QEMU monitor knows the state and little more. */
function monitor(call: Call): CallResult {
  const vm = vmOf(call)
  if (!vm.running) throw new LabError(`VM ${vm.vmid} not running`)
  const command = call.params.command ?? ''
  if (/^info status/.test(command))
    return { data: `VM status: ${vm.paused ? 'paused' : 'running'}\r\n` }
  return { data: `unknown command: '${command.split(' ')[0]}'\r\n` }
}

const at = (name: string) => `/nodes/{node}/qemu/{vmid}/${name}`
const CONSOLE = { need: 'VM.Console on /vms/{vmid}' }
const MIGRATE = { need: 'VM.Migrate on /vms/{vmid}' }

export const qemuExtraEndpoints = [
  endpoint('GET /nodes/{node}/qemu/{vmid}', {}, (call) => {
    vmOf(call)
    return { data: INDEX.split(' ').map((subdir) => ({ subdir })) }
  }),
  endpoint(`GET ${at('migrate')}`, MIGRATE, preconditions),
  endpoint(`POST ${at('migrate')}`, MIGRATE, migrate),
  endpoint(`GET ${at('feature')}`, { need: 'VM.Audit on /vms/{vmid}' }, feature),
  endpoint(`POST ${at('vncproxy')}`, CONSOLE, vncProxy),
  endpoint(`POST ${at('termproxy')}`, CONSOLE, termProxy),
  endpoint(`POST ${at('spiceproxy')}`, CONSOLE, (call) => {
    vmOf(call)
    throw new LabError('no spice port')
  }),
  endpoint('POST /nodes/{node}/termproxy', { need: 'Sys.Console on /nodes/{node}' }, (call) =>
    openConsole(call, { type: 'vncshell', vmid: '', screen: false }),
  ),
  endpoint(`GET ${at('cloudinit')}`, { need: 'VM.Audit on /vms/{vmid}' }, cloudInitPending),
  endpoint(`POST ${at('monitor')}`, { need: 'Sys.Audit|Sys.Modify on /vms/{vmid}' }, monitor),
  endpoint(`PUT ${at('sendkey')}`, CONSOLE, (call) => {
    const vm = vmOf(call)
    if (!vm.running) throw new LabError(`VM ${vm.vmid} not running`)
    return { data: null }
  }),
]

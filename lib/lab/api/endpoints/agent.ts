import { wallSeconds } from '../../clock'
import { DURATIONS } from '../../durations'
import {
  findNode,
  makeFolders,
  parentPath,
  readText,
  rootDisk,
  writeText,
} from '../../guest/filesystem'
import type { Guest } from '../../guest/guest'
import { interfacesOf } from '../../guest/interfaces'
import { oneCommand, startProcess } from '../../guest/process/start'
import { beginShutdown } from '../../guest/stop'
import { standsStill } from '../../standstill'
import type { Vm } from '../../state'
import { agentEnabled, cpuCount } from '../../vm/config'
import { findVolume } from '../../vm/storage'
import { LabError } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'
import { vmOf } from './qemu'

/** PVE's order of checks (QemuServer/Agent.pm:43-46): configured, running, answering after 3 s. */
function agentOf(call: Call): { vm: Vm; guest: Guest } {
  const vm = vmOf(call)
  if (!agentEnabled(vm.active ?? vm.config)) throw new LabError('No QEMU guest agent configured')
  if (!vm.running || !vm.guest) throw new LabError(`VM ${vm.vmid} is not running`)
  if (!vm.guest.agent || standsStill(vm))
    throw new LabError('QEMU guest agent is not running', 500, null, DURATIONS.agentTimeout)
  return { vm, guest: vm.guest }
}

const statistics = {
  'rx-bytes': 0,
  'rx-packets': 0,
  'rx-errs': 0,
  'rx-dropped': 0,
  'tx-bytes': 0,
  'tx-packets': 0,
  'tx-errs': 0,
  'tx-dropped': 0,
}

function interfaces(call: Call): CallResult {
  const { vm } = agentOf(call)
  const rows = interfacesOf(call.lab, vm).map((nic) => ({
    name: nic.name,
    'hardware-address': nic.mac.toLowerCase(),
    'ip-addresses': [
      ...nic.addresses.map((cidr) => ({
        'ip-address': cidr.split('/')[0],
        prefix: Number(cidr.split('/')[1]),
        'ip-address-type': 'ipv4',
      })),
      { 'ip-address': linkLocal(nic.mac), prefix: 64, 'ip-address-type': 'ipv6' },
    ],
    statistics,
  }))
  const lo = {
    name: 'lo',
    'hardware-address': '00:00:00:00:00:00',
    'ip-addresses': [
      { 'ip-address': '127.0.0.1', prefix: 8, 'ip-address-type': 'ipv4' },
      { 'ip-address': '::1', prefix: 128, 'ip-address-type': 'ipv6' },
    ],
    statistics,
  }
  return { data: { result: [lo, ...rows] } }
}

/** EUI-64 link-local address (RFC 4291, appendix A). */
function linkLocal(mac: string): string {
  const bytes = mac.split(':').map((part) => Number.parseInt(part, 16))
  const eui = [
    (bytes[0] ?? 0) ^ 2,
    bytes[1],
    bytes[2],
    0xff,
    0xfe,
    bytes[3],
    bytes[4],
    bytes[5],
  ] as number[]
  const words = [0, 2, 4, 6].map((at) => (((eui[at] ?? 0) << 8) | (eui[at + 1] ?? 0)).toString(16))
  return `fe80::${words.join(':')}`
}

function osInfo(call: Call): CallResult {
  const { vm } = agentOf(call)
  const os = rootDisk(call.lab, vm).os
  const name = os?.distro === 'ubuntu' ? 'Ubuntu' : 'Debian GNU/Linux'
  return {
    data: {
      result: {
        id: os?.distro,
        name,
        'pretty-name': `${name} ${os?.release}${os?.distro === 'ubuntu' ? ' LTS' : ` (${os?.codename})`}`,
        version: `${os?.release} (${os?.codename})`,
        'version-id': os?.release,
        machine: 'x86_64',
        'kernel-release': os?.kernel,
        'kernel-version': '#1 SMP PREEMPT_DYNAMIC',
      },
    },
  }
}

/** exec starts a process whose output is kept until exec-status has told it. */
function exec(call: Call): CallResult {
  const { vm } = agentOf(call)
  const words = (call.params.command ?? '').split('\n')
  const pid = startProcess(call.lab, vm, {
    list: oneCommand(words),
    user: 'root',
    sink: { kind: 'kept', out: '', err: '' },
    stdin: call.params['input-data'] ?? '',
    unit: `agent-exec-${call.lab.state.serial}`,
  })
  const process = vm.guest?.processes.at(-1)
  if (process) vm.guest?.agentJobs.push(process)
  return { data: { pid: Number(pid) } }
}

function execStatus(call: Call): CallResult {
  const { vm, guest } = agentOf(call)
  const job = guest.agentJobs.find((process) => process.id === call.params.pid)
  if (job?.sink.kind !== 'kept') throw new LabError("Agent error: Invalid parameter 'pid'")
  if (vm.guest?.processes.some((process) => process.id === job.id)) return { data: { exited: 0 } }
  guest.agentJobs = guest.agentJobs.filter((process) => process !== job)
  return {
    data: {
      exited: 1,
      exitcode: job.lastCode,
      ...(job.sink.out ? { 'out-data': job.sink.out, 'out-truncated': 0 } : {}),
      ...(job.sink.err ? { 'err-data': job.sink.err, 'err-truncated': 0 } : {}),
    },
  }
}

function fileRead(call: Call): CallResult {
  const { vm } = agentOf(call)
  const path = call.params.file ?? ''
  const text = readText(call.lab, vm, path)
  if (text === null)
    throw new LabError(
      `Agent error: failed to open file '${path}' (mode: 'r'): No such file or directory`,
    )
  return { data: { content: text, 'bytes-read': text.length } }
}

function fileWrite(call: Call): CallResult {
  const { vm } = agentOf(call)
  const path = call.params.file ?? ''
  const mtime = wallSeconds(call.lab.now)
  if (findNode(call.lab, vm, parentPath(path))?.kind !== 'dir')
    throw new LabError(
      `Agent error: failed to open file '${path}' (mode: 'w'): No such file or directory`,
    )
  makeFolders(call.lab, vm, parentPath(path), { mode: 0o755, owner: 'root', mtime })
  writeText(call.lab, vm, path, call.params.content ?? '', { mtime })
  return { data: null }
}

const AUDIT = 'VM.GuestAgent.Audit|VM.GuestAgent.Unrestricted on /vms/{vmid}'
const FILES = 'VM.GuestAgent.FileSystemMgmt|VM.GuestAgent.Unrestricted on /vms/{vmid}'
const ALL = 'VM.GuestAgent.Unrestricted on /vms/{vmid}'
const at = (verb: string) => `/nodes/{node}/qemu/{vmid}/agent/${verb}`

/** File systems that the guest has mounted, with the disks they are on. */
function fsInfo(call: Call): CallResult {
  const { vm, guest } = agentOf(call)
  const volume = (volid: string) => findVolume(call.lab.state, vm.node, volid)
  const row = (mountpoint: string, type: string, source: string, volid: string, unit: number) => ({
    ...{ name: source.replace('/dev/', ''), mountpoint, type },
    ...{
      'total-bytes': volume(volid)?.bytes ?? 0,
      'used-bytes': volume(volid)?.usedBytes ?? 0,
    },
    disk: [
      {
        ...{ 'bus-type': 'scsi', bus: 0, target: 0, unit, dev: source },
        'pci-controller': { domain: 0, bus: 0, slot: 5, function: 0 },
      },
    ],
  })
  const root = guest.volume ? [row('/', 'ext4', '/dev/sda1', guest.volume, 0)] : []
  const more = guest.mounts.map((mount, index) =>
    row(mount.path, mount.fs, mount.source, mount.volume, index + 1),
  )
  return { data: { result: [...root, ...more] } }
}

const INDEX =
  'exec exec-status file-read file-write fsfreeze-freeze fsfreeze-status fsfreeze-thaw fstrim get-fsinfo get-host-name get-memory-block-info get-memory-blocks get-osinfo get-time get-timezone get-users get-vcpus info network-get-interfaces ping set-user-password shutdown suspend-disk suspend-hybrid suspend-ram'

export const agentEndpoints = [
  endpoint('GET /nodes/{node}/qemu/{vmid}/agent', {}, (call) => {
    vmOf(call)
    return { data: INDEX.split(' ').map((name) => ({ name })) }
  }),
  endpoint(`GET ${at('get-fsinfo')}`, { need: AUDIT }, fsInfo),
  endpoint(`GET ${at('get-timezone')}`, { need: AUDIT }, (call) => {
    agentOf(call)
    return { data: { result: { zone: 'UTC', offset: 0 } } }
  }),
  endpoint(`GET ${at('get-users')}`, { need: AUDIT }, (call) => {
    agentOf(call)
    return { data: { result: [] } }
  }),
  endpoint(`GET ${at('get-vcpus')}`, { need: AUDIT }, (call) => {
    const { vm } = agentOf(call)
    const count = cpuCount(vm.active ?? vm.config)
    return {
      data: {
        result: Array.from({ length: count }, (_, index) => ({
          ...{ 'logical-id': index, online: true, 'can-offline': index > 0 },
        })),
      },
    }
  }),
  endpoint(`POST ${at('fsfreeze-freeze')}`, { need: FILES }, (call) => {
    const { guest } = agentOf(call)
    return { data: { result: guest.mounts.length + 1 } }
  }),
  endpoint(`POST ${at('fsfreeze-thaw')}`, { need: FILES }, (call) => {
    const { guest } = agentOf(call)
    return { data: { result: guest.mounts.length + 1 } }
  }),
  endpoint(`POST ${at('ping')}`, { need: AUDIT }, (call) => {
    agentOf(call)
    return { data: { result: {} } }
  }),
  endpoint(`GET ${at('network-get-interfaces')}`, { need: AUDIT }, interfaces),
  endpoint(`GET ${at('get-osinfo')}`, { need: AUDIT }, osInfo),
  endpoint(`GET ${at('get-host-name')}`, { need: AUDIT }, (call) => {
    const { vm } = agentOf(call)
    return { data: { result: { 'host-name': rootDisk(call.lab, vm).os?.hostname } } }
  }),
  endpoint(`GET ${at('get-time')}`, { need: AUDIT }, (call) => {
    agentOf(call)
    return { data: { result: call.lab.now.wall * 1_000_000 } }
  }),
  endpoint(`GET ${at('info')}`, { need: AUDIT }, (call) => {
    agentOf(call)
    const names = [
      'guest-ping',
      'guest-exec',
      'guest-exec-status',
      'guest-network-get-interfaces',
      'guest-get-osinfo',
      'guest-file-read',
      'guest-file-write',
    ]
    return {
      data: {
        result: {
          version: '7.2.22',
          supported_commands: names.map((name) => ({
            name,
            enabled: true,
            'success-response': true,
          })),
        },
      },
    }
  }),
  endpoint(`POST ${at('fsfreeze-status')}`, { need: `VM.GuestAgent.Audit|${FILES}` }, (call) => {
    agentOf(call)
    return { data: { result: 'thawed' } }
  }),
  endpoint(`POST ${at('fstrim')}`, { need: FILES }, (call) => {
    agentOf(call)
    return { data: { result: { paths: [{ path: '/', trimmed: 0, minimum: 0 }] } } }
  }),
  endpoint(
    `POST ${at('shutdown')}`,
    { need: 'VM.PowerMgmt|VM.GuestAgent.Unrestricted on /vms/{vmid}' },
    (call) => {
      beginShutdown(call.lab, agentOf(call).vm, 'off')
      return { data: { result: null } }
    },
  ),
  endpoint(`POST ${at('exec')}`, { need: ALL, params: 'command:list input-data?:str' }, exec),
  endpoint(`GET ${at('exec-status')}`, { need: ALL, params: 'pid:int' }, execStatus),
  endpoint(
    `GET ${at('file-read')}`,
    {
      need: 'VM.GuestAgent.FileRead|VM.GuestAgent.Unrestricted on /vms/{vmid}',
      params: 'file:str',
    },
    fileRead,
  ),
  endpoint(
    `POST ${at('file-write')}`,
    {
      need: 'VM.GuestAgent.FileWrite|VM.GuestAgent.Unrestricted on /vms/{vmid}',
      params: 'file:str content:str encode?:bool',
    },
    fileWrite,
  ),
]

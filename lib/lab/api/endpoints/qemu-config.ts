import { callerName, mayDo, requireAny } from '../../access'
import { allocationMs, DURATIONS } from '../../durations'
import { lockConfig, lockIsFree, lockStorage, storageLock } from '../../tasks/locks'
import { startTask } from '../../tasks/start-task'
import { act, log, sleep } from '../../tasks/task'
import {
  assertUnlocked,
  configDigest,
  pendingList,
  typedConfig,
  wantedConfig,
} from '../../vm/config'
import { DRIVE_SLOT, parseDrive } from '../../vm/drive'
import { parseNet } from '../../vm/net'
import { privilegeFor, VM_OPTIONS } from '../../vm/options'
import { getStorage } from '../../vm/storage'
import { checkUpdate, dropDrive, updateConfig } from '../../vm/update-config'
import { allocatesOn } from '../../vm/volume-of-drive'
import { LabError } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'
import { vmOf, whenUnlocked } from './qemu'

const NOT_OPTIONS = new Set([
  'node',
  'vmid',
  'digest',
  'skiplock',
  'force',
  'background_delay',
  'import-working-storage',
])

/** Each option's privilege, room on storages, and the bridges of network cards (SDN.Use). */
export function checkOptionPrivileges(
  call: Call,
  vmid: number,
  options: Record<string, string>,
): void {
  const { lab, caller } = call
  for (const [key, value] of Object.entries(options)) {
    if (NOT_OPTIONS.has(key)) continue
    if (key === 'delete' || key === 'revert') {
      for (const name of value.split(/[,; ]+/).filter(Boolean))
        requireAny(lab.state, caller, `/vms/${vmid}`, [privilegeFor(name, '')])
      continue
    }
    requireAny(lab.state, caller, `/vms/${vmid}`, [privilegeFor(key, value)])
    const drive = DRIVE_SLOT.test(key) ? parseDrive(value) : null
    const storage = drive ? allocatesOn(drive) : null
    if (storage && lab.state.storages[storage])
      requireAny(lab.state, caller, `/storage/${storage}`, ['Datastore.AllocateSpace'])
    const bridge = /^net\d+$/.test(key) ? parseNet(value)?.options.bridge : undefined
    if (bridge && !mayDo(lab.state, caller, `/sdn/zones/localnetwork/${bridge}`, 'SDN.Use'))
      throw new LabError(
        `Permission check failed (/sdn/zones/localnetwork/${bridge}, SDN.Use)`,
        403,
      )
  }
}

const forUpdate = (params: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(params).filter(([key]) => key !== 'node' && key !== 'vmid'))

const allocations = (params: Record<string, string>): string[] => [
  ...new Set(
    Object.entries(params).flatMap(([key, value]) => {
      const drive = DRIVE_SLOT.test(key) ? parseDrive(value) : null
      const storage = drive ? allocatesOn(drive) : null
      return storage ? [storage] : []
    }),
  ),
]

/** PUT config: synchronous, `{"data":null}`; waits for the locks it needs. */
function put(call: Call): CallResult {
  const { lab, params, caller } = call
  const vm = vmOf(call)
  checkOptionPrivileges(call, vm.vmid, forUpdate(params))
  const locked = whenUnlocked(call, vm.vmid)
  if (locked) return locked
  checkUpdate(lab, vm, params, caller.token ? '' : caller.user)
  for (const storage of allocations(params)) {
    const lock = storageLock(vm.node, storage)
    if (!lockIsFree(lab, lock, 'exclusive'))
      return {
        waitFor: {
          lock,
          error: `can't lock file '/var/lock/pve-manager/pve-storage-${storage}' - got timeout`,
        },
      }
  }
  updateConfig(lab, vm, forUpdate(params))
  return { data: null, delayMs: DURATIONS.configWrite }
}

/** POST config: the same as a worker `qmconfig`. */
function post(call: Call): CallResult {
  const { lab, params, caller } = call
  const vm = vmOf(call)
  checkOptionPrivileges(call, vm.vmid, forUpdate(params))
  checkUpdate(lab, vm, params, caller.token ? '' : caller.user)
  const storages = allocations(params)
  const wait = storages.reduce((ms, id) => ms + allocationMs(getStorage(lab.state, id), false), 0)
  const words = Object.entries(forUpdate(params)).map(([key, value]) => `-${key} ${value}`)
  return {
    data: startTask(lab, {
      node: vm.node,
      type: 'qmconfig',
      id: String(vm.vmid),
      user: callerName(caller),
      stages: [
        lockConfig(vm.vmid),
        ...storages.map((storage) => lockStorage(vm.node, storage)),
        ...`update VM ${vm.vmid}: ${words.join(' ')}`.split('\n').map(log),
        sleep(DURATIONS.configWrite + wait),
        act('config.update', { vmid: vm.vmid, params: forUpdate(params), user: caller.user }),
      ],
    }),
  }
}

function get(call: Call): CallResult {
  const vm = vmOf(call)
  const { snapshot, current } = call.params
  if (snapshot && !vm.snapshots[snapshot])
    throw new LabError(`snapshot '${snapshot}' does not exist`)
  const config = snapshot
    ? (vm.snapshots[snapshot]?.config ?? {})
    : current === '1'
      ? vm.config
      : wantedConfig(vm)
  return { data: { ...typedConfig(config), digest: configDigest(vm) } }
}

function unlinkDisks(call: Call): CallResult {
  const { lab, params } = call
  const vm = vmOf(call)
  const locked = whenUnlocked(call, vm.vmid)
  if (locked) return locked
  assertUnlocked(vm)
  const ids = (params.idlist ?? '').split(/[,; ]+/).filter(Boolean)
  checkUpdate(lab, vm, { delete: ids.join(',') }, '')
  updateConfig(lab, vm, { delete: ids.join(',') })
  if (params.force === '1')
    for (const [key, value] of Object.entries(vm.config))
      if (key.startsWith('unused') && value) dropDrive(lab, vm, key)
  return { data: null }
}

const CONTROLS = 'digest?:text(40) delete?:str revert?:str skiplock?:bool force?:bool'

export const qemuConfigEndpoints = [
  endpoint(
    'GET /nodes/{node}/qemu/{vmid}/config',
    { need: 'VM.Audit on /vms/{vmid}', params: 'current?:bool snapshot?:configid' },
    get,
  ),
  endpoint(
    'GET /nodes/{node}/qemu/{vmid}/pending',
    { need: 'VM.Audit on /vms/{vmid}' },
    (call) => ({
      data: pendingList(vmOf(call)),
    }),
  ),
  endpoint('PUT /nodes/{node}/qemu/{vmid}/config', { params: `${CONTROLS} ${VM_OPTIONS}` }, put),
  endpoint(
    'POST /nodes/{node}/qemu/{vmid}/config',
    {
      params: `${CONTROLS} background_delay?:int(1,30) import-working-storage?:storage ${VM_OPTIONS}`,
    },
    post,
  ),
  endpoint(
    'PUT /nodes/{node}/qemu/{vmid}/unlink',
    { need: 'VM.Config.Disk on /vms/{vmid}', params: 'idlist:str force?:bool' },
    unlinkDisks,
  ),
]

import { callerName, mayDo, requireAny } from '../../access'
import { poolsOf } from '../../cluster-state'
import { allocationMs, copyMs, DURATIONS } from '../../durations'
import type { Lab, Vm } from '../../state'
import type { ActArgs } from '../../tasks/act-args'
import { lockConfig, lockStorage, storageLock } from '../../tasks/locks'
import { startTask } from '../../tasks/start-task'
import { act, log, type Stage, sleep, unlock } from '../../tasks/task'
import { clonedConfig } from '../../vm/clone'
import { assertUnlocked, getVm } from '../../vm/config'
import { dropOwned } from '../../vm/create'
import {
  DRIVE_SLOT,
  type DriveSpec,
  describeSize,
  isCdrom,
  isCloudInit,
  parseDrive,
} from '../../vm/drive'
import { addVm } from '../../vm/make-vm'
import { VM_OPTIONS } from '../../vm/options'
import { findVolume, getStorage, getVolume } from '../../vm/storage'
import { checkRootOnly } from '../../vm/update-config'
import { allocatesOn, checkDrive, drivesOf, importSource } from '../../vm/volume-of-drive'
import { LabError } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'
import { checkOptionPrivileges } from './qemu-config'

/** Lines and time of copying a volume's data, as qemu-img reports it. */
function copyStages(
  volume: { bytes: number; usedBytes: number },
  limit: number | null = null,
): Stage[] {
  const size = describeSize(volume.bytes)
  const limited = limit === null ? 0 : (volume.bytes / 1024 / limit) * 1000
  const quarter = Math.round(Math.max(copyMs(volume), limited) / 4)
  return [0, 25, 50, 75, 100].flatMap((percent) => [
    ...(percent > 0 ? [sleep(quarter)] : []),
    log(
      `transferred ${describeSize((volume.bytes * percent) / 100)} of ${size} (${percent.toFixed(2)}%)`,
    ),
  ])
}

function createDriveStages(lab: Lab, vm: Vm, slot: string, drive: DriveSpec): Stage[] {
  const storageId = allocatesOn(drive)
  const make = act('create.disk', { vmid: vm.vmid, slot, drive })
  if (!storageId) return [make]
  const storage = getStorage(lab.state, storageId, vm.node)
  const source = importSource(lab, vm, drive)
  return [
    lockStorage(vm.node, storageId),
    sleep(allocationMs(storage, source !== null)),
    unlock(storageLock(vm.node, storageId)),
    ...(source ? [log(`create full clone of drive (${source.volid})`), ...copyStages(source)] : []),
    make,
  ]
}

/** A taken id is refused, unless a backup is to take the place of a stopped guest (`force`). */
function makeWay(
  lab: Lab,
  existing: Vm,
  { restored, forced }: { restored: boolean; forced: boolean },
): void {
  const { vmid, node } = existing
  const what = `unable to ${restored ? 'restore' : 'create'} VM ${vmid} -`
  if (!restored || !forced)
    throw new LabError(`${what} VM ${vmid} already exists on node '${node}'`)
  if (existing.running) throw new LabError(`${what} vm is running`)
  if (existing.config.protection === '1')
    throw new LabError(`can't overwrite VM ${vmid} - protection mode enabled`)
  dropOwned(lab, existing)
}

/** A pool that does not exist is a matter of permission (recorded). */
function assertPool(lab: Lab, pool: string): void {
  if (!poolsOf(lab.state)[pool])
    throw new LabError(`Permission check failed (pool '${pool}' does not exist)`, 403)
}

/** POST qemu: the id is reserved by a configuration with `lock: create`, the rest is the task's. */
function create(call: Call): CallResult {
  const { lab, params, caller } = call
  const node = params.node ?? ''
  const vmid = Number(params.vmid)
  const existing = lab.state.vms[vmid]
  if (!mayDo(lab.state, caller, `/vms/${vmid}`, 'VM.Allocate'))
    throw new LabError('Permission check failed', 403)
  const {
    node: _node,
    vmid: _vmid,
    start,
    storage,
    pool,
    archive,
    force,
    unique,
    'live-restore': _live,
    bwlimit: _bw,
    'import-working-storage': _working,
    'ha-managed': _ha,
    ...options
  } = params
  if (pool) assertPool(lab, pool)
  checkRootOnly(options, caller.token ? '' : caller.user)
  checkOptionPrivileges(call, vmid, options)
  if (existing) makeWay(lab, existing, { restored: archive !== undefined, forced: force === '1' })
  const vm = addVm(lab, { vmid, node, config: { lock: 'create' } })
  const drives = Object.entries(options)
    .filter(([key]) => DRIVE_SLOT.test(key))
    .map(([slot, text]) => ({ slot, drive: parseDrive(text) as DriveSpec }))
  let stages: Stage[]
  try {
    for (const { drive } of drives) checkDrive(lab, vm, drive)
    stages = drives.flatMap(({ slot, drive }) => createDriveStages(lab, vm, slot, drive))
  } catch (error) {
    delete lab.state.vms[vmid]
    throw error
  }
  if (pool) poolsOf(lab.state)[pool]?.guests.push(vmid)
  if (archive)
    return restore(
      call,
      { vmid, archive, storage: storage ?? null, unique: unique === '1' },
      options,
    )
  const config = Object.fromEntries(
    Object.entries(options).filter(([key]) => !DRIVE_SLOT.test(key)),
  )
  if (!config.boot && drives[0]) config.boot = `order=${drives.map(({ slot }) => slot).join(';')}`
  return {
    data: startTask(lab, {
      node,
      type: 'qmcreate',
      id: String(vmid),
      user: callerName(caller),
      stages: [
        lockConfig(vmid),
        sleep(DURATIONS.create),
        ...stages,
        act('create.finish', { vmid, config, start: start === '1' }),
      ],
      onFail: [{ do: 'act', act: 'create.abort', args: { vmid } }],
    }),
  }
}

/** POST qemu with `archive`: the same call makes a guest of a backup, in a worker `qmrestore`. */
function restore(
  { lab, params, caller }: Call,
  wish: Omit<ActArgs['backup.restore'], 'start'>,
  options: Record<string, string>,
): CallResult {
  const node = params.node ?? ''
  const kept = findVolume(lab.state, node, wish.archive)
  if (!kept?.backup) {
    delete lab.state.vms[wish.vmid]
    throw new LabError(`unable to find volume '${wish.archive}'`)
  }
  const start = params.start === '1'
  return {
    data: startTask(lab, {
      ...{ node, type: 'qmrestore', id: String(wish.vmid), user: callerName(caller) },
      stages: [
        lockConfig(wish.vmid),
        log(`restore vma archive: ${wish.archive}`),
        sleep(DURATIONS.backup + copyMs(kept)),
        act('backup.restore', { ...wish, start }),
        act('config.update', { vmid: wish.vmid, params: options, user: caller.user }),
        ...(start ? [act('vm.started', { vmid: wish.vmid })] : []),
      ],
      onFail: [{ do: 'act', act: 'create.abort', args: { vmid: wish.vmid } }],
    }),
  }
}

type CloneWish = {
  source: Vm
  target: number
  full: boolean
  storage: string | null
  snapshot: string | null
  format: string | null
  /** KiB per second; null: as fast as it goes. */
  limit: number | null
}

/** Whether another host can see all that a clone reads and writes. */
function onShared(lab: Lab, { source, storage, snapshot }: CloneWish): boolean {
  const ids = drivesOf(clonedConfig(source, snapshot)).map(({ drive }) => drive.file.split(':')[0])
  return [...ids, ...(storage ? [storage] : [])].every(
    (id) => id === 'none' || lab.state.storages[id ?? '']?.shared,
  )
}

/** What PVE refuses before it hands out a UPID. */
function checkClone(call: Call, wish: CloneWish): void {
  const { lab, params, caller } = call
  const { source, target } = wish
  if (params.target && !lab.state.hosts[params.target])
    throw new LabError(`no such cluster node '${params.target}'`)
  if (params.pool) assertPool(lab, params.pool)
  requireAny(lab.state, caller, `/vms/${target}`, ['VM.Allocate'])
  if (wish.storage && !wish.full)
    throw new LabError("parameter 'storage' not allowed for linked clones")
  if (wish.storage) {
    getStorage(lab.state, wish.storage, params.target ?? source.node)
    requireAny(lab.state, caller, `/storage/${wish.storage}`, ['Datastore.AllocateSpace'])
  }
  if (wish.snapshot && !source.snapshots[wish.snapshot])
    throw new LabError(`snapshot '${wish.snapshot}' does not exist`)
  assertUnlocked(source)
  if (params.target && params.target !== source.node && !onShared(lab, wish))
    throw new LabError(`can't clone VM to node '${params.target}' (VM uses local storage)`)
  if (lab.state.vms[target])
    throw new LabError(`unable to create VM ${target}: config file already exists`)
  if (wish.full) return
  for (const { slot, drive } of drivesOf(clonedConfig(source, wish.snapshot)))
    if (!isCdrom(drive) && !/[:/]base-/.test(drive.file))
      throw new LabError(`Linked clone feature is not supported for '${drive.file}' (${slot})`)
}

function cloneDriveStages(lab: Lab, wish: CloneWish, slot: string, drive: DriveSpec): Stage[] {
  const { source, target, full, storage, snapshot, format } = wish
  const storageId = storage ?? (drive.file.split(':')[0] as string)
  const place = getStorage(lab.state, storageId, source.node)
  const volume = isCloudInit(drive)
    ? { bytes: 4 * 2 ** 20, usedBytes: 0 }
    : getVolume(lab.state, source.node, drive.file)
  return [
    log(
      `create ${full || isCloudInit(drive) ? 'full' : 'linked'} clone of drive ${slot} (${drive.file})`,
    ),
    lockStorage(source.node, storageId),
    sleep(allocationMs(place, full)),
    act('clone.disk', { source: source.vmid, target, slot, storage, full, snapshot, format }),
    unlock(storageLock(source.node, storageId)),
    ...(full && !isCloudInit(drive) ? copyStages(volume, wish.limit) : []),
  ]
}

/** POST clone. During it the target reads `lock: clone` and its configuration's flock is held. */
function clone(call: Call): CallResult {
  const { lab, params, caller } = call
  const source = lab.state.vms[params.vmid ?? '']
  if (!source || source.node !== params.node || source.kind !== 'qemu')
    throw new LabError(
      `unable to find configuration file for VM ${params.vmid} on node '${params.node}'`,
    )
  const template = source.config.template === '1'
  const wish: CloneWish = {
    source,
    target: Number(params.newid),
    full: params.full === undefined ? !template : params.full === '1',
    storage: params.storage ?? null,
    snapshot: params.snapname ?? null,
    format: params.format ?? null,
    limit: params.bwlimit ? Number(params.bwlimit) : null,
  }
  checkClone(call, wish)
  if (params.pool) poolsOf(lab.state)[params.pool]?.guests.push(wish.target)
  addVm(lab, {
    vmid: wish.target,
    node: params.target ?? source.node,
    config: { lock: 'clone', description: ' qmclone temporary file' },
  })
  const drives = drivesOf(clonedConfig(source, wish.snapshot)).filter(
    ({ drive }) => !isCdrom(drive) || isCloudInit(drive),
  )
  return {
    data: startTask(lab, {
      node: source.node,
      type: 'qmclone',
      id: String(source.vmid),
      user: callerName(caller),
      stages: [
        lockConfig(source.vmid, source.running ? 'exclusive' : 'shared', 1000),
        lockConfig(wish.target),
        sleep(DURATIONS.cloneBegin),
        act('clone.begin', {
          ...{ source: source.vmid, target: wish.target, name: params.name ?? null },
          snapshot: wish.snapshot,
        }),
        ...drives.flatMap(({ slot, drive }) => cloneDriveStages(lab, wish, slot, drive)),
        sleep(DURATIONS.configWrite),
        act('clone.finish', {
          source: source.vmid,
          target: wish.target,
          name: params.name ?? null,
          description: params.description ?? null,
        }),
      ],
      onFail: [{ do: 'act', act: 'clone.abort', args: { target: wish.target } }],
    }),
  }
}

/** POST template: refusals at once, the renaming in a task. */
function toTemplate(call: Call): CallResult {
  const { lab, params, caller } = call
  const vm = getVm(lab.state, params.node ?? '', Number(params.vmid))
  if (Object.keys(vm.snapshots).length > 0)
    throw new LabError('unable to create template, because VM contains snapshots')
  assertUnlocked(vm)
  if (vm.config.template === '1') throw new LabError("you can't convert a template to a template")
  if (vm.running) throw new LabError("you can't convert a VM to template if VM is running")
  return {
    data: startTask(lab, {
      node: vm.node,
      type: 'qmtemplate',
      id: String(vm.vmid),
      user: callerName(caller),
      stages: [
        lockConfig(vm.vmid),
        sleep(DURATIONS.template),
        act('vm.template', { vmid: vm.vmid }),
      ],
    }),
  }
}

export const qemuMakeEndpoints = [
  endpoint(
    'POST /nodes/{node}/qemu',
    {
      params: `vmid:vmid archive?:str bwlimit?:int force?:bool ha-managed?:bool import-working-storage?:storage live-restore?:bool pool?:str start?:bool storage?:storage unique?:bool ${VM_OPTIONS}`,
    },
    create,
  ),
  endpoint(
    'POST /nodes/{node}/qemu/{vmid}/clone',
    {
      need: 'VM.Clone on /vms/{vmid}',
      params:
        'newid:vmid name?:dns-name description?:str full?:bool storage?:storage target?:node pool?:str format?:enum(raw,qcow2,vmdk) snapname?:configid bwlimit?:int',
    },
    clone,
  ),
  endpoint(
    'POST /nodes/{node}/qemu/{vmid}/template',
    { need: 'VM.Allocate on /vms/{vmid}', params: 'disk?:slot' },
    toTemplate,
  ),
]

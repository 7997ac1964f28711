import { callerName, requireAny } from '../../access'
import { allocationMs, copyMs, DURATIONS } from '../../durations'
import type { Vm } from '../../state'
import { lockConfig, lockStorage, storageLock } from '../../tasks/locks'
import { startTask } from '../../tasks/start-task'
import { act, log, sleep, unlock } from '../../tasks/task'
import { assertDigest, assertUnlocked } from '../../vm/config'
import { isCdrom, parseDrive, UNUSED_SLOT } from '../../vm/drive'
import { getStorage, getVolume } from '../../vm/storage'
import { invalid, LabError } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'
import { vmOf } from './qemu'

/** PUT resize: a worker; everything but the size's form fails inside it (recorded 8.4). */
function resize(call: Call): CallResult {
  const { lab, params, caller } = call
  const vm = vmOf(call)
  assertDigest(vm, params.digest)
  return {
    data: startTask(lab, {
      node: vm.node,
      type: 'resize',
      id: String(vm.vmid),
      user: callerName(caller),
      stages: [
        lockConfig(vm.vmid),
        sleep(DURATIONS.resize),
        act('disk.resize', { vmid: vm.vmid, slot: params.disk ?? '', size: params.size ?? '' }),
      ],
    }),
  }
}

/** What qemu-server refuses when a disk is to change its VM. */
function checkReassign(source: Vm, target: Vm, slot: string, targetSlot: string): void {
  assertUnlocked(source)
  assertUnlocked(target)
  if (source.config.template === '1' || target.config.template === '1')
    throw new LabError("Can't move disks from or to template VMs")
  const text = source.config[slot]
  if (text === undefined)
    throw new LabError(`Disk '${slot}' for VM '${source.vmid}' does not exist`)
  if (targetSlot in target.config)
    throw new LabError(`Target disk key '${targetSlot}' is already in use for VM '${target.vmid}'`)
  const drive = parseDrive(text)
  if (drive && isCdrom(drive)) throw new LabError("CD drive contents can't be moved to another VM")
  if (drive && Object.values(source.snapshots).some((snapshot) => drive.file in snapshot.disks))
    throw new LabError("Can't move disk used by a snapshot to another VM")
  if (source.running && !UNUSED_SLOT.test(slot))
    throw new LabError(
      'Cannot move disk to another VM while the source VM is running - detach first',
    )
}

function moveToVm(call: Call, source: Vm): CallResult {
  const { lab, params, caller } = call
  const slot = params.disk ?? ''
  const targetVmid = Number(params['target-vmid'])
  const targetSlot = params['target-disk'] ?? slot
  if (targetVmid === source.vmid)
    throw invalid({ 'target-vmid': 'must be different than source VMID to reassign disk' })
  requireAny(lab.state, caller, `/vms/${targetVmid}`, ['VM.Config.Disk'])
  const target = lab.state.vms[targetVmid]
  if (!target) throw new LabError(`could not find target VM ${targetVmid}`)
  if (target.node !== source.node)
    throw new LabError(
      `Both VMs need to be on the same node ${source.node}) but target VM is on ${target.node}.`,
    )
  assertDigest(source, params.digest)
  assertDigest(target, params['target-digest'])
  checkReassign(source, target, slot, targetSlot)
  return {
    data: startTask(lab, {
      node: source.node,
      type: 'qmmove',
      id: `${source.vmid}-${slot}>${targetVmid}-${targetSlot}`,
      user: callerName(caller),
      stages: [
        lockConfig(source.vmid),
        lockConfig(targetVmid),
        sleep(DURATIONS.reassign),
        act('disk.reassign', { vmid: source.vmid, slot, targetVmid, targetSlot }),
      ],
    }),
  }
}

function moveToStorage(call: Call, vm: Vm, storageId: string): CallResult {
  const { lab, params, caller } = call
  const slot = params.disk ?? ''
  const storage = getStorage(lab.state, storageId, vm.node)
  requireAny(lab.state, caller, `/storage/${storageId}`, ['Datastore.AllocateSpace'])
  assertDigest(vm, params.digest)
  assertUnlocked(vm)
  const drive = parseDrive(vm.config[slot] ?? '')
  if (!drive) throw new LabError(`disk '${slot}' does not exist`)
  const volume = getVolume(lab.state, vm.node, drive.file)
  if (volume.storage === storageId)
    throw new LabError("you can't move to the same storage with same format")
  return {
    data: startTask(lab, {
      node: vm.node,
      type: 'qmmove',
      id: String(vm.vmid),
      user: callerName(caller),
      stages: [
        lockConfig(vm.vmid),
        log(`create full clone of drive ${slot} (${volume.volid})`),
        lockStorage(vm.node, storageId),
        sleep(allocationMs(storage, true)),
        unlock(storageLock(vm.node, storageId)),
        sleep(copyMs(volume)),
        act('disk.move', {
          vmid: vm.vmid,
          slot,
          storage: storageId,
          format: params.format ?? null,
          remove: params.delete === '1',
        }),
      ],
    }),
  }
}

function move(call: Call): CallResult {
  const vm = vmOf(call)
  const { storage } = call.params
  const toVm = call.params['target-vmid']
  if (toVm && storage) throw invalid({ storage: "cannot set both 'storage' and 'target-vmid'" })
  if (toVm) return moveToVm(call, vm)
  if (storage) return moveToStorage(call, vm, storage)
  throw invalid({
    storage: "Either set storage to move disk to different storage, or 'target-vmid'.",
  })
}

const MOVE_PARAMS =
  'disk:slot storage?:storage format?:enum(raw,qcow2,vmdk) delete?:bool digest?:text(40) bwlimit?:int target-vmid?:vmid target-disk?:slot target-digest?:text(40)'

export const qemuDiskEndpoints = [
  endpoint(
    'PUT /nodes/{node}/qemu/{vmid}/resize',
    {
      need: 'VM.Config.Disk on /vms/{vmid}',
      params: 'disk:slot size:size digest?:text(40) skiplock?:bool',
    },
    resize,
  ),
  endpoint(
    'POST /nodes/{node}/qemu/{vmid}/move_disk',
    { need: 'VM.Config.Disk on /vms/{vmid}', params: MOVE_PARAMS },
    move,
  ),
]

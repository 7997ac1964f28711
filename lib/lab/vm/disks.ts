import { LabError } from '../api/answer'
import type { Lab, Vm } from '../state'
import type { Acts } from '../tasks/acts'
import { assertUnlocked } from './config'
import { formatDrive, formatSize, parseDrive, parseSize, UNUSED_SLOT } from './drive'
import {
  addImage,
  assertRoom,
  defaultFormat,
  freeDiskName,
  getStorage,
  getVolume,
  imageVolid,
  removeVolume,
  volumePlace,
} from './storage'
import { dropDrive, updateConfig } from './update-config'

function existing(lab: Lab, vmid: number): Vm {
  const vm = lab.state.vms[vmid]
  if (!vm)
    throw new LabError(`Configuration file 'nodes/pve1/qemu-server/${vmid}.conf' does not exist`)
  return vm
}

export const diskActs: Acts<'disk.resize' | 'disk.reassign' | 'disk.move' | 'config.update'> = {
  'config.update'(lab, _task, { vmid, params }) {
    updateConfig(lab, existing(lab, vmid), params)
  },

  'disk.resize'(lab, task, { vmid, slot, size }) {
    const vm = existing(lab, vmid)
    assertUnlocked(vm)
    const drive = parseDrive(vm.config[slot] ?? '')
    if (!drive) throw new LabError(`disk '${slot}' does not exist`)
    const volume = getVolume(lab.state, vm.node, drive.file)
    const amount = parseSize(size.replace(/^\+/, '')) ?? 0
    const bytes = size.startsWith('+') ? volume.bytes + amount : amount
    if (bytes < volume.bytes) throw new LabError('shrinking disks is not supported')
    volume.bytes = bytes
    const value = formatDrive({ ...drive, options: { ...drive.options, size: formatSize(bytes) } })
    vm.config[slot] = value
    if (vm.active?.[slot]) vm.active[slot] = value
    task.log.push(
      getStorage(lab.state, volume.storage).type === 'dir'
        ? 'Image resized.'
        : `  Logical volume pve/${volume.volid.split(':')[1]} successfully resized.`,
    )
  },

  'disk.reassign'(lab, task, { vmid, slot, targetVmid, targetSlot }) {
    const source = existing(lab, vmid)
    const target = existing(lab, targetVmid)
    const drive = parseDrive(source.config[slot] ?? '')
    if (!drive) throw new LabError(`Disk '${slot}' for VM '${vmid}' does not exist`)
    const volume = getVolume(lab.state, source.node, drive.file)
    const storage = getStorage(lab.state, volume.storage)
    const before = volume.volid
    const name = freeDiskName(lab.state, storage, targetVmid)
    task.log.push(`removing disk '${slot}' from VM '${vmid}' config`)
    delete source.config[slot]
    delete lab.state.volumes[volumePlace(lab.state, volume.node, before)]
    volume.volid = imageVolid(storage, targetVmid, name, volume.format)
    volume.vmid = targetVmid
    lab.state.volumes[volumePlace(lab.state, volume.node, volume.volid)] = volume
    task.log.push(`renamed volume '${before}' to '${volume.volid}'`)
    target.config[targetSlot] = UNUSED_SLOT.test(targetSlot)
      ? volume.volid
      : formatDrive({
          file: volume.volid,
          options: { ...drive.options, size: formatSize(volume.bytes) },
        })
    if (target.active && !UNUSED_SLOT.test(targetSlot))
      target.active[targetSlot] = target.config[targetSlot] as string
    task.log.push(`update VM ${targetVmid}: -${targetSlot} ${target.config[targetSlot]}`)
  },

  'disk.move'(lab, task, { vmid, slot, storage: storageId, format, remove }) {
    const vm = existing(lab, vmid)
    const drive = parseDrive(vm.config[slot] ?? '')
    if (!drive) throw new LabError(`disk '${slot}' does not exist`)
    const volume = getVolume(lab.state, vm.node, drive.file)
    const storage = getStorage(lab.state, storageId, vm.node)
    assertRoom(lab.state, storage, vm.node, volume.usedBytes)
    const name = freeDiskName(lab.state, storage, vmid)
    const copy = addImage(lab, {
      node: vm.node,
      storage,
      vmid,
      volid: imageVolid(storage, vmid, name, format ?? defaultFormat(storage)),
      bytes: volume.bytes,
      writtenBytes: volume.usedBytes,
    })
    copy.disk = structuredClone(volume.disk)
    const value = formatDrive({ ...drive, file: copy.volid })
    if (remove) removeVolume(lab.state, vm.node, volume.volid)
    else dropDrive(lab, vm, slot)
    vm.config[slot] = value
    if (vm.active) vm.active[slot] = value
    if (vm.guest?.volume === volume.volid) vm.guest.volume = copy.volid
    task.log.push(`transferred ${formatSize(copy.bytes)} of ${formatSize(copy.bytes)} (100.00%)`)
  },
}

import { LabError } from '../api/answer'
import { wallSeconds } from '../clock'
import type { Lab, Vm } from '../state'
import type { Acts } from '../tasks/acts'
import { assertUnlocked } from './config'
import { switchOff, switchOn } from './power-state'
import { findVolume, getStorage } from './storage'
import { disksOf } from './volume-of-drive'

function existing(lab: Lab, vmid: number): Vm {
  const vm = lab.state.vms[vmid]
  if (!vm) throw new LabError(`Configuration file does not exist`)
  assertUnlocked(vm)
  return vm
}

export const snapshotActs: Acts<'snapshot.take' | 'snapshot.delete' | 'snapshot.rollback'> = {
  'snapshot.take'(lab, task, { vmid, name, description, withRam }) {
    const vm = existing(lab, vmid)
    if (vm.snapshots[name]) throw new LabError(`snapshot name '${name}' already used`)
    const disks: Vm['snapshots'][string]['disks'] = {}
    for (const { slot, drive } of disksOf(vm.config)) {
      const volume = findVolume(lab.state, vm.node, drive.file)
      if (!volume) continue
      const storage = getStorage(lab.state, volume.storage)
      if (storage.type === 'dir' && volume.format === 'raw')
        throw new LabError('snapshot feature is not available')
      task.log.push(`snapshotting 'drive-${slot}' (${volume.volid})`)
      disks[volume.volid] = {
        bytes: volume.bytes,
        usedBytes: volume.usedBytes,
        disk: structuredClone(volume.disk),
      }
      volume.usedBytes = Math.round(volume.usedBytes * 1.02)
    }
    vm.snapshots[name] = {
      config: { ...vm.config },
      description,
      snaptime: wallSeconds(lab.now),
      parent: vm.parentSnapshot,
      withRam,
      disks,
    }
    vm.parentSnapshot = name
  },

  'snapshot.delete'(lab, _task, { vmid, name }) {
    const vm = existing(lab, vmid)
    const snapshot = vm.snapshots[name]
    if (!snapshot) throw new LabError(`snapshot '${name}' does not exist`)
    for (const other of Object.values(vm.snapshots))
      if (other.parent === name) other.parent = snapshot.parent
    if (vm.parentSnapshot === name) vm.parentSnapshot = snapshot.parent
    delete vm.snapshots[name]
  },

  'snapshot.rollback'(lab, _task, { vmid, name, start }) {
    const vm = existing(lab, vmid)
    const snapshot = vm.snapshots[name]
    if (!snapshot) throw new LabError(`snapshot '${name}' does not exist`)
    if (vm.running) switchOff(lab, vm)
    vm.config = { ...snapshot.config }
    vm.pending = {}
    vm.parentSnapshot = name
    for (const [volid, saved] of Object.entries(snapshot.disks)) {
      const volume = findVolume(lab.state, vm.node, volid)
      if (!volume) continue
      volume.bytes = saved.bytes
      volume.usedBytes = saved.usedBytes
      volume.disk = structuredClone(saved.disk)
    }
    if (start || snapshot.withRam) switchOn(lab, vm)
  },
}

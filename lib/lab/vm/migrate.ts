import { LabError } from '../api/answer'
import { haOf } from '../cluster-state'
import type { Lab, Vm, Volume } from '../state'
import { volumeKey } from '../state'
import type { Acts } from '../tasks/acts'
import { assertUnlocked } from './config'
import { switchOff, switchOn } from './power-state'
import { findVolume, getStorage } from './storage'
import { drivesOf } from './volume-of-drive'

/** The volumes of a guest that are on its host alone, by their slots. */
export function localDisks(lab: Lab, vm: Vm): { slot: string; volume: Volume }[] {
  return drivesOf(vm.config).flatMap(({ slot, drive }) => {
    const volume = findVolume(lab.state, vm.node, drive.file)
    const shared = volume ? lab.state.storages[volume.storage]?.shared : true
    return volume && !shared && volume.content === 'images' ? [{ slot, volume }] : []
  })
}

export const migrateActs: Acts<'vm.migrate' | 'ha.request' | 'container.power'> = {
  /** Configuration and local volumes change their host; a running guest goes on running there. */
  'vm.migrate'(lab, task, { vmid, target }) {
    const vm = lab.state.vms[vmid]
    if (!vm) throw new LabError(`Configuration file does not exist`)
    if (vm.config.lock && vm.config.lock !== 'migrate') assertUnlocked(vm)
    for (const { volume } of localDisks(lab, vm)) {
      getStorage(lab.state, volume.storage, target)
      delete lab.state.volumes[volumeKey(volume.node, volume.volid)]
      volume.node = target
      lab.state.volumes[volumeKey(target, volume.volid)] = volume
      task.log.push(`copying local disk image '${volume.volid}' finished`)
    }
    vm.node = target
    task.log.push('migration finished successfully')
  },

  /** A container has no guest behind it: it is on or off, and starts its time anew. */
  'container.power'(lab, task, { vmid, on }) {
    const vm = lab.state.vms[vmid]
    if (vm?.kind !== 'lxc' || vm.node !== task.node)
      throw new LabError(`Configuration file 'nodes/${task.node}/lxc/${vmid}.conf' does not exist`)
    assertUnlocked(vm)
    if (on === 'start' && vm.running) throw new LabError(`CT ${vmid} already running`)
    if (on !== 'start' && !vm.running) throw new LabError(`CT ${vmid} not running`)
    vm.running = on !== 'stop'
    vm.active = vm.running ? { ...vm.config } : null
    vm.startedAt = lab.now.at
    vm.startedWall = lab.now.wall
    vm.pid = vm.running ? 1800 + vmid : 0
  },

  /** The manager's wish; it starts or stops the guest itself. */
  'ha.request'(lab, _task, { sid, state }) {
    const resource = haOf(lab.state).resources[sid]
    const vm = lab.state.vms[sid.split(':')[1] ?? '']
    if (!resource || !vm) throw new LabError(`no such resource '${sid}'`)
    resource.state = state
    resource.running = state
    if (state === 'started' && !vm.running) switchOn(lab, vm)
    if (state === 'stopped' && vm.running) switchOff(lab, vm)
  },
}

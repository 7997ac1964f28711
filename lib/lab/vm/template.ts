import { LabError } from '../api/answer'
import type { Acts } from '../tasks/acts'
import { formatDrive } from './drive'
import { getVolume, volumePlace } from './storage'
import { disksOf } from './volume-of-drive'

export const templateActs: Acts<'vm.template'> = {
  /** Renames every disk to `base-<vmid>-disk-<n>` and marks the configuration. */
  'vm.template'(lab, task, { vmid }) {
    const vm = lab.state.vms[vmid]
    if (!vm) throw new LabError(`Configuration file does not exist`)
    for (const { slot, drive } of disksOf(vm.config)) {
      const volume = getVolume(lab.state, vm.node, drive.file)
      delete lab.state.volumes[volumePlace(lab.state, vm.node, volume.volid)]
      const before = volume.volid.split(':')[1] ?? ''
      volume.volid = volume.volid.replace(`vm-${vmid}-`, `base-${vmid}-`)
      lab.state.volumes[volumePlace(lab.state, vm.node, volume.volid)] = volume
      vm.config[slot] = formatDrive({ ...drive, file: volume.volid })
      if (volume.storage.endsWith('lvm'))
        task.log.push(
          `  Renamed "${before}" to "${volume.volid.split(':')[1]}" in volume group "pve"`,
        )
    }
    vm.config.template = '1'
  },
}

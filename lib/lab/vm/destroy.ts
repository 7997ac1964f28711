import { LabError } from '../api/answer'
import type { Acts } from '../tasks/acts'
import { assertUnlocked } from './config'
import { parseDrive, UNUSED_SLOT } from './drive'
import { ownedVolumes, removeVolume } from './storage'
import { drivesOf } from './volume-of-drive'

export const destroyActs: Acts<'vm.destroy'> = {
  /** Frees every owned disk in the configuration, unused ones included (QemuServer.pm destroy_vm). */
  'vm.destroy'(lab, task, { vmid, unreferenced }) {
    const vm = lab.state.vms[vmid]
    if (!vm) throw new LabError(`Configuration file does not exist`)
    assertUnlocked(vm)
    if (vm.running) throw new LabError(`VM ${vmid} is running - destroy failed`)
    const owned = ownedVolumes(lab.state, vm)
    const base = owned.find((volume) =>
      Object.values(lab.state.volumes).some((other) => other.parent === volume.volid),
    )
    if (base) throw new LabError(`base volume '${base.volid}' is still in use by linked cloned`)
    const named = new Set([
      ...drivesOf(vm.config).map(({ drive }) => drive.file),
      ...Object.entries(vm.config)
        .filter(([key]) => UNUSED_SLOT.test(key))
        .map(([, value]) => parseDrive(value)?.file ?? ''),
    ])
    for (const volume of owned) {
      if (!unreferenced && !named.has(volume.volid)) continue
      removeVolume(lab.state, volume.node, volume.volid)
      if (volume.storage.endsWith('lvm'))
        task.log.push(`  Logical volume "${volume.volid.split(':')[1]}" successfully removed.`)
    }
    delete lab.state.vms[vmid]
  },
}

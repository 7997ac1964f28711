import { LabError } from '../api/answer'
import { wallSeconds } from '../clock'
import { randomUuid } from '../random'
import type { Lab, Vm } from '../state'
import type { Acts } from '../tasks/acts'
import { formatDrive } from './drive'
import { switchOn } from './power-state'
import { ownedVolumes, removeVolume } from './storage'
import { toStored } from './update-config'
import { placeDrive } from './volume-of-drive'

/** The guest that the task itself reserved. */
function building(lab: Lab, vmid: number): Vm {
  const vm = lab.state.vms[vmid]
  if (!vm)
    throw new LabError(`Configuration file 'nodes/?/qemu-server/${vmid}.conf' does not exist`)
  return vm
}

export const createActs: Acts<'create.disk' | 'create.finish' | 'create.abort'> = {
  'create.disk'(lab, task, { vmid, slot, drive }) {
    const vm = building(lab, vmid)
    vm.building = { ...vm.building, [slot]: placeDrive(lab, vm, slot, drive) }
    task.log.push(`${slot}: successfully created disk '${vm.building[slot] ?? formatDrive(drive)}'`)
  },

  'create.finish'(lab, _task, { vmid, config, start }) {
    const vm = building(lab, vmid)
    const stored = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key, toStored(lab, key, value)]),
    )
    vm.config = {
      ...stored,
      ...vm.building,
      smbios1: stored.smbios1 ?? `uuid=${randomUuid(lab.state)}`,
      vmgenid: randomUuid(lab.state),
      meta: `creation-qemu=10.0.2,ctime=${wallSeconds(lab.now)}`,
    }
    vm.building = null
    if (start) switchOn(lab, vm)
  },

  'create.abort'(lab, _task, { vmid }) {
    const vm = lab.state.vms[vmid]
    if (!vm) return
    dropOwned(lab, vm)
    delete lab.state.vms[vmid]
  },
}

/** Frees the images that carry the VMID. Its backups are no images. */
export function dropOwned(lab: Lab, vm: Vm): void {
  for (const volume of ownedVolumes(lab.state, vm))
    removeVolume(lab.state, volume.node, volume.volid)
}

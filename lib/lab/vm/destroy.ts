import { LabError } from '../api/answer'
import { backupJobsOf, haOf, poolsOf } from '../cluster-state'
import type { Lab, Vm } from '../state'
import type { Acts } from '../tasks/acts'
import { assertUnlocked } from './config'
import { parseDrive, UNUSED_SLOT } from './drive'
import { ownedVolumes, removeVolume } from './storage'
import { drivesOf } from './volume-of-drive'

export const destroyActs: Acts<'vm.destroy'> = {
  /** Frees every owned disk in the configuration, unused ones included (QemuServer.pm destroy_vm). */
  'vm.destroy'(lab, task, { vmid, unreferenced, purge }) {
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
    forget(lab, vm, purge ?? false)
  },
}

/** Takes a guest out of pools and its firewall away; with `purge` out of HA and backup jobs as well (traps T10). */
function forget(lab: Lab, { vmid, kind }: Vm, purge: boolean): void {
  for (const pool of Object.values(poolsOf(lab.state)))
    pool.guests = pool.guests.filter((other) => other !== vmid)
  delete lab.state.firewalls?.[`guest/${vmid}`]
  if (!purge) return
  delete haOf(lab.state).resources[`${kind === 'qemu' ? 'vm' : 'ct'}:${vmid}`]
  const jobs = backupJobsOf(lab.state)
  for (const [id, job] of Object.entries(jobs)) {
    const named = (job.vmid ?? '').split(',').filter((other) => other && other !== String(vmid))
    if (job.vmid && named.length === 0) delete jobs[id]
    else if (job.vmid) job.vmid = named.join(',')
  }
}

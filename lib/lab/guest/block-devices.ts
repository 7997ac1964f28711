import type { Lab, Vm } from '../state'
import { isCdrom, parseDrive } from '../vm/drive'
import { findVolume } from '../vm/storage'
import { drivesOf } from '../vm/volume-of-drive'
import type { Disk } from './disk'

/** A disk as the guest sees it. */
export type BlockDevice = {
  name: string
  path: string
  volume: string
  bytes: number
  serial: string | null
  disk: Disk
  system: boolean
}

/** SCSI and SATA disks of a running VM in slot order: sda, sdb ...; VirtIO block: vda ... */
export function blockDevices(lab: Pick<Lab, 'state'>, vm: Vm): BlockDevice[] {
  const config = vm.active ?? vm.config
  const counts = { s: 0, v: 0 }
  return drivesOf(config)
    .filter(({ drive, slot }) => !isCdrom(drive) && !/^(efidisk|tpmstate)/.test(slot))
    .flatMap(({ slot }) => {
      const drive = parseDrive(config[slot] ?? '')
      const volume = drive ? findVolume(lab.state, vm.node, drive.file) : null
      if (!drive || !volume?.disk) return []
      const kind = slot.startsWith('virtio') ? 'v' : 's'
      const name = `${kind}d${String.fromCharCode(97 + counts[kind])}`
      counts[kind] += 1
      return {
        name,
        path: `/dev/${name}`,
        volume: volume.volid,
        bytes: volume.bytes,
        serial: drive.options.serial ?? (slot.startsWith('scsi') ? `drive-${slot}` : null),
        disk: volume.disk,
        system: volume.disk.os !== null,
      }
    })
}

/** A device by its path, by-id link (`/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_<serial>`), UUID= or LABEL=. */
export function findDevice(lab: Pick<Lab, 'state'>, vm: Vm, source: string): BlockDevice | null {
  return (
    blockDevices(lab, vm).find(
      (device) =>
        device.path === source ||
        (device.serial !== null && source.endsWith(`_${device.serial}`)) ||
        (device.disk.fs !== null &&
          (source === `UUID=${device.disk.fs.uuid}` ||
            source === `/dev/disk/by-uuid/${device.disk.fs.uuid}` ||
            (device.disk.fs.label !== '' && source === `LABEL=${device.disk.fs.label}`))),
    ) ?? null
  )
}

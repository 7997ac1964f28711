import { LabError } from '../api/answer'
import type { Lab, Vm, VmConfig } from '../state'
import {
  DRIVE_SLOT,
  type DriveSpec,
  formatDrive,
  formatSize,
  isCdrom,
  isCloudInit,
  parseDrive,
} from './drive'
import {
  addImage,
  assertRoom,
  defaultFormat,
  findVolume,
  freeDiskName,
  getStorage,
  getVolume,
  imageVolid,
} from './storage'

const GIB = 2 ** 30

/** `local-lvm:32`: a new image of that many GiB. */
const NEW_IMAGE = /^([\w.-]+):(\d+(?:\.\d+)?)$/

/** What an import would read: size seen by the guest and bytes written. Null for no import. */
export function importSource(lab: Lab, vm: Vm, drive: DriveSpec) {
  const source = drive.options['import-from']
  if (!source) return null
  if (source.startsWith('/')) throw new LabError(`can't find file '${source}'`)
  const volume = getVolume(lab.state, vm.node, source)
  if (volume.content !== 'import' && volume.content !== 'images')
    throw new LabError(
      `cannot import from '${source}' - storage content type '${volume.content}' is not supported`,
    )
  return volume
}

/** Throws what PVE says before it starts to allocate: unknown storage, content, volume. */
export function checkDrive(lab: Lab, vm: Vm, drive: DriveSpec): void {
  if (drive.file === 'none' || drive.file === 'cdrom') return
  const storageId = drive.file.split(':')[0] as string
  if (!drive.file.includes(':')) throw new LabError(`unable to parse volume ID '${drive.file}'`)
  const storage = getStorage(lab.state, storageId, vm.node)
  if (NEW_IMAGE.test(drive.file) || /:cloudinit$/.test(drive.file)) {
    if (!storage.content.includes('images'))
      throw new LabError(`storage '${storageId}' does not support content-type 'images'`)
    importSource(lab, vm, drive)
    return
  }
  getVolume(lab.state, vm.node, drive.file)
}

/** The storage whose lock an allocation for this drive takes, or null if it allocates nothing. */
export const allocatesOn = (drive: DriveSpec): string | null =>
  NEW_IMAGE.exec(drive.file)?.[1] ?? /^([\w.-]+):cloudinit$/.exec(drive.file)?.[1] ?? null

/**
 * Makes the volume that a drive string asks for (a new image, an import, a cloud-init image) or
 * finds the existing one, and returns the string as PVE writes it back.
 */
export function placeDrive(lab: Lab, vm: Vm, slot: string, drive: DriveSpec): string {
  const { 'import-from': _import, size: _size, format, ...options } = drive.options
  if (drive.file === 'none' || drive.file === 'cdrom')
    return formatDrive({ file: drive.file, options })
  if (/:cloudinit$/.test(drive.file)) return placeCloudInit(lab, vm, drive)

  const created = NEW_IMAGE.exec(drive.file)
  const volume = created
    ? createImage(lab, vm, drive, {
        storageId: created[1] as string,
        gib: Number(created[2]),
        format,
      })
    : getVolume(lab.state, vm.node, drive.file)
  if (!created && volume.content === 'images' && volume.vmid !== vm.vmid && !isCdrom(drive))
    throw new LabError(`volume '${volume.volid}' is owned by VM ${volume.vmid}`)
  const sized = volume.content === 'images' || isCdrom(drive)
  if (slot.startsWith('unused')) return volume.volid
  return formatDrive({
    file: volume.volid,
    options: sized ? { ...options, size: formatSize(volume.bytes) } : options,
  })
}

function createImage(
  lab: Lab,
  vm: Vm,
  drive: DriveSpec,
  { storageId, gib, format }: { storageId: string; gib: number; format: string | undefined },
) {
  const storage = getStorage(lab.state, storageId, vm.node)
  const source = importSource(lab, vm, drive)
  const bytes = source ? source.bytes : Math.round(gib * GIB)
  const written = source ? source.usedBytes : storage.type === 'lvmthin' ? 0 : 4096
  assertRoom(lab.state, storage, vm.node, written)
  const name = freeDiskName(lab.state, storage, vm.vmid)
  const volume = addImage(lab, {
    node: vm.node,
    storage,
    vmid: vm.vmid,
    volid: imageVolid(storage, vm.vmid, name, format ?? defaultFormat(storage)),
    bytes,
    writtenBytes: written,
  })
  if (source?.disk) volume.disk = structuredClone(source.disk)
  return volume
}

function placeCloudInit(lab: Lab, vm: Vm, drive: DriveSpec): string {
  const storage = getStorage(lab.state, drive.file.split(':')[0] as string, vm.node)
  const volid = imageVolid(storage, vm.vmid, `vm-${vm.vmid}-cloudinit`, 'qcow2')
  if (!findVolume(lab.state, vm.node, volid))
    addImage(lab, {
      node: vm.node,
      storage,
      vmid: vm.vmid,
      volid,
      bytes: 4 * 2 ** 20,
      writtenBytes: 4 * 2 ** 20,
    })
  return formatDrive({ file: volid, options: { ...drive.options, media: 'cdrom', size: '4M' } })
}

/** Every drive of a configuration in slot order, unused ones left out. */
export function drivesOf(config: VmConfig): { slot: string; drive: DriveSpec }[] {
  return Object.keys(config)
    .filter((slot) => DRIVE_SLOT.test(slot))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .flatMap((slot) => {
      const drive = parseDrive(config[slot] as string)
      return drive ? [{ slot, drive }] : []
    })
}

/** Real disks: no CD-ROM, no cloud-init image. */
export const disksOf = (config: VmConfig) =>
  drivesOf(config).filter(({ drive }) => !isCdrom(drive) && !isCloudInit(drive))

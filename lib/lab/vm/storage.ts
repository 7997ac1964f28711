import { LabError } from '../api/answer'
import { wallSeconds } from '../clock'
import { faultsOf } from '../faults'
import { isLost } from '../lost-disks'
import { type Lab, type LabState, type LabStorage, type Vm, type Volume, volumeKey } from '../state'

/** The storage on that node, or PVE's error. */
export function getStorage(state: LabState, id: string, node?: string): LabStorage {
  const storage = state.storages[id]
  if (!storage) throw new LabError(`storage '${id}' does not exist`)
  if (node && storage.nodes && !storage.nodes.includes(node))
    throw new LabError(`storage '${id}' is not available on node '${node}'`)
  return storage
}

/** Bytes in use: what is no volume, and every volume's allocated part. */
export function usedBytes(state: LabState, storage: LabStorage, node: string): number {
  const full = [...faultsOf(state, 'storage-full'), ...faultsOf(state, 'pool-full')]
  if (
    full.some(
      (fault) => fault.storage === storage.id && !('what' in fault && fault.what === 'metadata'),
    )
  )
    return storage.totalBytes
  return Object.values(state.volumes)
    .filter((volume) => volume.storage === storage.id && (storage.shared || volume.node === node))
    .reduce((sum, volume) => sum + volume.usedBytes, storage.ownBytes)
}

/** Throws as lvcreate and qemu-img do when there is no room for `bytes` more. */
export function assertRoom(
  state: LabState,
  storage: LabStorage,
  node: string,
  bytes: number,
): void {
  if (isLost(state, storage.id, node)) throw new LabError(`storage '${storage.id}' is not online`)
  const metadata = faultsOf(state, 'pool-full').some(
    ({ storage: id, what }) => id === storage.id && what === 'metadata',
  )
  if (metadata)
    throw new LabError(
      `lvcreate error: Cannot create new thin volume, free space in thin pool pve/data metadata reached threshold.`,
    )
  if (usedBytes(state, storage, node) + bytes <= storage.totalBytes) return
  throw new LabError(
    storage.type === 'lvmthin'
      ? `lvcreate error: Cannot create new thin volume, free space in thin pool pve/${storage.id === 'local-lvm' ? 'data' : storage.id} reached threshold.`
      : `unable to create image: No space left on device`,
  )
}

/** Where a volume lives: dir storages keep a folder per VMID, pools a flat name. */
export function imageVolid(
  storage: LabStorage,
  vmid: number,
  name: string,
  format: string,
): string {
  return storage.type === 'dir' || storage.type === 'nfs'
    ? `${storage.id}:${vmid}/${name}.${format}`
    : `${storage.id}:${name}`
}

/** The next free `vm-<vmid>-disk-<n>` on a storage. */
export function freeDiskName(
  state: LabState,
  storage: LabStorage,
  vmid: number,
  prefix = 'vm',
): string {
  const taken = new Set(
    Object.values(state.volumes)
      .filter((volume) => volume.storage === storage.id)
      .map((volume) => /(?:vm|base)-\d+-disk-\d+/.exec(volume.volid.split('/').at(-1) ?? '')?.[0]),
  )
  for (let n = 0; ; n += 1) {
    const free = !taken.has(`vm-${vmid}-disk-${n}`) && !taken.has(`base-${vmid}-disk-${n}`)
    if (free) return `${prefix}-${vmid}-disk-${n}`
  }
}

/** Whether every host sees that volume: its storage is a shared one. */
const isShared = (state: LabState, volid: string): boolean =>
  state.storages[volid.split(':')[0] ?? '']?.shared === true

/** Where a volume is kept in the state: once per node, or once for all on a shared storage. */
export const volumePlace = (state: LabState, node: string, volid: string): string =>
  volumeKey(isShared(state, volid) ? '' : node, volid)

/** Whether a volume can be seen on that node. */
export const isOn = (state: LabState, volume: Volume, node: string): boolean =>
  volume.node === node || isShared(state, volume.volid)

export const findVolume = (state: LabState, node: string, volid: string): Volume | null =>
  state.volumes[volumePlace(state, node, volid)] ?? null

/** The volume, or PVE's error. */
export function getVolume(state: LabState, node: string, volid: string): Volume {
  const volume = findVolume(state, node, volid)
  if (!volume) throw new LabError(`volume '${volid}' does not exist`)
  return volume
}

/** Adds a disk image. Thin storages begin with what is written on it. */
export function addImage(
  lab: Lab,
  image: {
    node: string
    storage: LabStorage
    vmid: number
    volid: string
    bytes: number
    writtenBytes: number
  },
): Volume {
  const volume: Volume = {
    volid: image.volid,
    node: image.node,
    storage: image.storage.id,
    content: 'images',
    format: /\.(\w+)$/.exec(image.volid)?.[1] ?? 'raw',
    bytes: image.bytes,
    usedBytes: image.writtenBytes,
    vmid: image.vmid,
    parent: null,
    ctime: wallSeconds(lab.now),
    disk: { os: null, fs: null, files: {} },
    files: null,
  }
  lab.state.volumes[volumePlace(lab.state, image.node, image.volid)] = volume
  return volume
}

export function removeVolume(state: LabState, node: string, volid: string): void {
  delete state.volumes[volumePlace(state, node, volid)]
}

/** The default image format of a storage: qcow2 or raw on folders, raw on block devices. */
export const defaultFormat = (storage: LabStorage): string =>
  storage.type === 'dir' || storage.type === 'nfs' ? 'raw' : 'raw'

/** Path that PVE's messages show. */
export const storagePath = (storage: LabStorage): string =>
  storage.id === 'local' ? '/var/lib/vz' : `/mnt/pve/${storage.id}`

/** Volumes that a VM owns: named in its configuration and carrying its VMID. */
export function ownedVolumes(state: LabState, vm: Vm): Volume[] {
  return Object.values(state.volumes).filter(
    (volume) =>
      isOn(state, volume, vm.node) && volume.vmid === vm.vmid && volume.content === 'images',
  )
}

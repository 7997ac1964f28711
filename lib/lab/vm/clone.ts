import { LabError } from '../api/answer'
import { randomMac, randomUuid } from '../random'
import type { Lab, Vm, VmConfig } from '../state'
import type { Acts } from '../tasks/acts'
import { dropOwned } from './create'
import { formatDrive, formatSize, isCdrom, isCloudInit, parseDrive } from './drive'
import { formatNet, parseNet } from './net'
import {
  addImage,
  assertRoom,
  defaultFormat,
  freeDiskName,
  getStorage,
  getVolume,
  imageVolid,
} from './storage'
import { placeDrive } from './volume-of-drive'

/** Configuration that is cloned: the present one, or a snapshot's. */
export const clonedConfig = (source: Vm, snapshot: string | null): VmConfig =>
  snapshot ? (source.snapshots[snapshot]?.config ?? {}) : source.config

export const cloneActs: Acts<'clone.begin' | 'clone.disk' | 'clone.finish' | 'clone.abort'> = {
  /** From here the target reads as it will be, without disks and locked. */
  'clone.begin'(lab, _task, { source, target, name, snapshot }) {
    const from = lab.state.vms[source] as Vm
    const to = lab.state.vms[target] as Vm
    to.config = {
      ...clonedOptions(lab, clonedConfig(from, snapshot), {}),
      name: name ?? `Copy-of-VM-${from.config.name ?? source}`,
      lock: 'clone',
    }
  },

  'clone.disk'(lab, _task, { source, target, slot, storage, full, snapshot, format: wanted }) {
    const from = lab.state.vms[source] as Vm
    const to = lab.state.vms[target] as Vm
    const drive = parseDrive(clonedConfig(from, snapshot)[slot] ?? '')
    if (!drive) throw new LabError(`unable to parse drive options for '${slot}'`)
    const storageId = storage ?? (drive.file.split(':')[0] as string)
    if (isCloudInit(drive)) {
      to.building = {
        ...to.building,
        [slot]: placeDrive(lab, to, slot, { file: `${storageId}:cloudinit`, options: {} }),
      }
      return
    }
    const volume = getVolume(lab.state, from.node, drive.file)
    const place = getStorage(lab.state, storageId, to.node)
    const content = snapshot ? from.snapshots[snapshot]?.disks[drive.file]?.disk : volume.disk
    const written = full ? volume.usedBytes : 4 * 2 ** 20
    assertRoom(lab.state, place, to.node, written)
    const name = freeDiskName(lab.state, place, target)
    const kept = place.id === volume.storage && place.type === 'dir' ? volume.format : null
    const format = full ? (wanted ?? kept ?? defaultFormat(place)) : 'qcow2'
    const plain = imageVolid(place, target, name, format)
    const linkedPath = !full && place.type === 'dir'
    const copy = addImage(lab, {
      node: to.node,
      storage: place,
      vmid: target,
      volid: linkedPath ? `${volume.volid}/${target}/${name}.qcow2` : plain,
      bytes: volume.bytes,
      writtenBytes: written,
    })
    copy.disk = structuredClone(content ?? null)
    copy.parent = full ? null : volume.volid
    to.building = {
      ...to.building,
      [slot]: formatDrive({
        file: copy.volid,
        options: { ...drive.options, size: formatSize(copy.bytes) },
      }),
    }
  },

  'clone.finish'(lab, _task, { source, target, name, description }) {
    const from = lab.state.vms[source] as Vm
    const to = lab.state.vms[target] as Vm
    to.config = clonedOptions(lab, from.config, to.building ?? {})
    to.building = null
    to.config.name = name ?? `Copy-of-VM-${from.config.name ?? source}`
    if (description !== null) to.config.description = description
  },

  'clone.abort'(lab, _task, { target }) {
    const vm = lab.state.vms[target]
    if (!vm) return
    dropOwned(lab, vm)
    delete lab.state.vms[target]
  },
}

/** Everything but disks: new MACs, UUID and generation id; ISO images stay; unused disks do not come along. */
function clonedOptions(lab: Lab, source: VmConfig, drives: VmConfig): VmConfig {
  const config: VmConfig = {}
  for (const [key, value] of Object.entries(source)) {
    if (/^(template|lock|unused\d+|parent|vmstate)$/.test(key)) continue
    const net = /^net\d+$/.test(key) ? parseNet(value) : null
    const drive = parseDrive(value)
    if (net) config[key] = formatNet({ ...net, mac: randomMac(lab.state) })
    else if (key in drives) config[key] = drives[key] as string
    else if (key === 'smbios1') config[key] = `uuid=${randomUuid(lab.state)}`
    else if (key === 'vmgenid') config[key] = randomUuid(lab.state)
    else if (!/^(ide|sata|scsi|virtio)\d+$/.test(key) || (drive && isCdrom(drive)))
      config[key] = value
  }
  return config
}

import { LabError } from '../api/answer'
import { wallSeconds } from '../clock'
import { imageDisk } from '../guest/images'
import type { Acts } from '../tasks/acts'
import { assertRoom, findVolume, getStorage, removeVolume, volumePlace } from './storage'

export const storageActs: Acts<'storage.store' | 'storage.refuse-existing' | 'storage.delete'> = {
  'storage.refuse-existing'(lab, _task, { node, volid, path }) {
    if (findVolume(lab.state, node, volid))
      throw new LabError(`refusing to override existing file '${path}'`)
  },

  'storage.store'(lab, _task, { node, storage: id, content, file }) {
    const storage = getStorage(lab.state, id, node)
    assertRoom(lab.state, storage, node, file.bytes)
    const image = imageDisk(file.name)
    const volid = `${id}:${content}/${file.name}`
    lab.state.volumes[volumePlace(lab.state, node, volid)] = {
      volid,
      node,
      storage: id,
      content,
      format: content === 'import' ? (/\.(\w+)$/.exec(file.name)?.[1] ?? 'raw') : content,
      bytes: image && content !== 'vztmpl' ? image.bytes : file.bytes,
      usedBytes: file.bytes,
      vmid: null,
      parent: null,
      ctime: wallSeconds(lab.now),
      disk: image && content !== 'vztmpl' ? image.disk : null,
      files: file.files,
    }
  },

  'storage.delete'(lab, task, { node, volid }) {
    const volume = findVolume(lab.state, node, volid)
    if (!volume) task.log.push(`disk image '${volid}' does not exist`)
    else if (Object.values(lab.state.volumes).some((other) => other.parent === volid))
      throw new LabError(`base volume '${volid}' is still in use by linked cloned`)
    removeVolume(lab.state, node, volid)
    task.log.push(`Removed volume '${volid}'`)
  },
}

import { callerName, mayDo, requireAny } from '../../access'
import { DURATIONS } from '../../durations'
import { isLost } from '../../lost-disks'
import type { LabStorage, Volume } from '../../state'
import { lockStorage } from '../../tasks/locks'
import { startTask } from '../../tasks/start-task'
import { act, sleep } from '../../tasks/task'
import { parseSize } from '../../vm/drive'
import { pruneList } from '../../vm/prune'
import {
  addImage,
  assertRoom,
  findVolume,
  freeDiskName,
  getStorage,
  imageVolid,
  isOn,
  storagePath,
  usedBytes,
} from '../../vm/storage'
import { invalid, LabError } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'
import { folderOf, storageFileEndpoints } from './storage-files'

const SEE = 'Datastore.Audit|Datastore.AllocateSpace on /storage/{storage}'
const KIB = 2 ** 10

function storageOf({ lab, params }: Call): LabStorage {
  return getStorage(lab.state, params.storage ?? '', params.node)
}

function figures(call: Call, storage: LabStorage) {
  // A storage whose disk does not answer is listed, without figures (pvestatd).
  if (isLost(call.lab.state, storage.id, call.params.node ?? ''))
    return { ...figuresOf(storage, 0), active: 0, total: 0, avail: 0 }
  const used = usedBytes(call.lab.state, storage, call.params.node ?? '')
  return figuresOf(storage, used)
}

const figuresOf = (storage: LabStorage, used: number) => ({
  type: storage.type,
  content: storage.content.join(','),
  shared: storage.shared ? 1 : 0,
  enabled: 1,
  active: 1,
  total: storage.totalBytes,
  used,
  avail: Math.max(0, storage.totalBytes - used),
})

function list(call: Call): CallResult {
  const { lab, params, caller } = call
  return {
    data: Object.values(lab.state.storages)
      .filter((storage) => !storage.nodes || storage.nodes.includes(params.node ?? ''))
      .filter((storage) => !params.storage || storage.id === params.storage)
      .filter(
        (storage) =>
          !params.content ||
          params.content.split(',').some((kind) => storage.content.includes(kind)),
      )
      .filter((storage) => mayDo(lab.state, caller, `/storage/${storage.id}`, 'Datastore.Audit'))
      .map((storage) => {
        const row = figures(call, storage)
        return {
          storage: storage.id,
          ...row,
          used_fraction: row.total === 0 ? 0 : row.used / row.total,
        }
      }),
  }
}

const contentRow = (volume: Volume) => ({
  volid: volume.volid,
  content: volume.content,
  format: volume.format,
  // Uploads and downloads are listed by their file's size, images by the disk's (recorded).
  size: volume.content === 'images' ? volume.bytes : volume.usedBytes,
  ctime: volume.ctime,
  ...(volume.content === 'images'
    ? { vmid: volume.vmid, parent: volume.parent, used: volume.usedBytes }
    : {}),
  ...(volume.content === 'backup'
    ? {
        vmid: volume.vmid,
        subtype: /vzdump-(\w+)-/.exec(volume.volid)?.[1] ?? 'qemu',
        ...(volume.notes ? { notes: volume.notes } : {}),
        ...(volume.protected ? { protected: 1 } : {}),
      }
    : {}),
})

function content(call: Call): CallResult {
  const { lab, params } = call
  const storage = storageOf(call)
  return {
    data: Object.values(lab.state.volumes)
      .filter(
        (volume) => volume.storage === storage.id && isOn(lab.state, volume, params.node ?? ''),
      )
      .filter((volume) => !params.content || volume.content === params.content)
      .filter((volume) => !params.vmid || String(volume.vmid) === params.vmid)
      .map(contentRow),
  }
}

/** POST content answers with the volume id, not a UPID (recorded). Sizes without unit are KiB. */
function allocate(call: Call): CallResult {
  const { lab, params } = call
  const storage = storageOf(call)
  const bytes = /^\d+$/.test(params.size ?? '')
    ? Number(params.size) * KIB
    : (parseSize(params.size ?? '') ?? 0)
  assertRoom(lab.state, storage, params.node ?? '', 0)
  const vmid = Number(params.vmid)
  const name = params.filename || freeDiskName(lab.state, storage, vmid)
  const volid = imageVolid(
    storage,
    vmid,
    name.replace(/\.(raw|qcow2)$/, ''),
    params.format ?? 'raw',
  )
  if (findVolume(lab.state, params.node ?? '', volid))
    throw new LabError(
      `disk image '${storagePath(storage)}/images/${volid.split(':')[1]}' already exists`,
    )
  addImage(lab, { node: params.node ?? '', storage, vmid, volid, bytes, writtenBytes: 4096 })
  return { data: volid }
}

function remove(call: Call): CallResult {
  const { lab, params, caller } = call
  const storage = storageOf(call)
  const volid = params.volume?.includes(':') ? params.volume : `${storage.id}:${params.volume}`
  const volume = findVolume(lab.state, params.node ?? '', volid)
  const need =
    volume?.content === 'images' || !volume
      ? 'Datastore.AllocateSpace'
      : 'Datastore.AllocateTemplate'
  requireAny(lab.state, caller, `/storage/${storage.id}`, ['Datastore.Allocate', need])
  if (volume?.protected) throw new LabError(`can't remove backup ${volid} - it is protected`)
  if (volume?.content === 'images' && volume.vmid && lab.state.vms[volume.vmid])
    throw new LabError(
      `Cannot remove image, a guest with VMID '${volume.vmid}' exists!\nYou can delete the image from the guest's hardware pane`,
    )
  return {
    data: startTask(lab, {
      node: params.node ?? '',
      type: 'imgdel',
      id: volume?.vmid ? `${volume.vmid}@${storage.id}` : storage.id,
      user: callerName(caller),
      stages: [
        lockStorage(params.node ?? '', storage.id),
        sleep(DURATIONS.remove),
        act('storage.delete', { node: params.node ?? '', volid }),
      ],
    }),
  }
}

/** One volume by its id, with where it is. */
function volumeInfo(call: Call): CallResult {
  const { lab, params } = call
  const storage = storageOf(call)
  const volid = params.volume?.includes(':') ? params.volume : `${storage.id}:${params.volume}`
  const volume = findVolume(lab.state, params.node ?? '', volid)
  if (!volume) throw new LabError(`unable to activate storage: volume '${volid}' does not exist`)
  const name = volid.split('/').at(-1)
  const folder = folderOf(storage, volume.content)
  return {
    data: {
      ...{ path: `${folder}/${name}`, size: volume.bytes, used: volume.usedBytes },
      format: volume.content === 'iso' ? 'raw' : volume.format,
      ...(volume.notes ? { notes: volume.notes } : {}),
      ...(volume.protected ? { protected: 1 } : {}),
    },
  }
}

/** Notes and protection of a backup; other volumes have neither. */
function updateVolume(call: Call): CallResult {
  const { lab, params } = call
  const storage = storageOf(call)
  const volid = params.volume?.includes(':') ? params.volume : `${storage.id}:${params.volume}`
  const volume = findVolume(lab.state, params.node ?? '', volid)
  if (!volume) throw new LabError(`volume '${volid}' does not exist`)
  if (volume.content !== 'backup')
    throw new LabError(`attribute 'notes' is not supported for storage type '${storage.type}'`)
  if (params.notes !== undefined) volume.notes = params.notes
  if (params.protected !== undefined) volume.protected = params.protected === '1'
  return { data: null }
}

/** DELETE prunebackups: a worker that removes what the GET of the same words marks. */
function prune(call: Call): CallResult {
  const { lab, params, caller } = call
  const storage = storageOf(call)
  if (!mayDo(lab.state, caller, `/storage/${storage.id}`, 'Datastore.Allocate'))
    requireAny(lab.state, caller, `/vms/${params.vmid ?? ''}`, ['VM.Backup'])
  const rows = pruneList(lab.state, storage, params).filter(({ mark }) => mark === 'remove')
  return {
    data: startTask(lab, {
      ...{ node: params.node ?? '', type: 'prunebackups', id: storage.id },
      user: callerName(caller),
      stages: rows.flatMap(({ volid }) => [
        sleep(DURATIONS.remove),
        act('storage.delete', { node: params.node ?? '', volid }),
      ]),
    }),
  }
}

export const storageEndpoints = [
  ...storageFileEndpoints,
  endpoint('GET /nodes/{node}/storage/{storage}/content/{volume}', { need: SEE }, volumeInfo),
  endpoint(
    'PUT /nodes/{node}/storage/{storage}/content/{volume}',
    { need: 'Datastore.Allocate on /storage/{storage}' },
    updateVolume,
  ),
  endpoint(
    'GET /nodes/{node}/storage/{storage}/prunebackups',
    { need: SEE },
    ({ lab, ...call }) => {
      const storage = storageOf({ lab, ...call })
      return { data: pruneList(lab.state, storage, call.params) }
    },
  ),
  endpoint('DELETE /nodes/{node}/storage/{storage}/prunebackups', {}, prune),
  endpoint(
    'GET /nodes/{node}/storage',
    { params: 'storage?:storage content?:str enabled?:bool target?:node format?:bool' },
    list,
  ),
  endpoint('GET /nodes/{node}/storage/{storage}/status', { need: SEE }, (call) => {
    if (!call.lab.state.storages[call.params.storage ?? ''])
      throw invalid({ storage: 'No such storage.' })
    return { data: figures(call, storageOf(call)) }
  }),
  endpoint(
    'GET /nodes/{node}/storage/{storage}/content',
    { need: SEE, params: 'content?:str vmid?:vmid' },
    content,
  ),
  endpoint(
    'POST /nodes/{node}/storage/{storage}/content',
    {
      need: 'Datastore.AllocateSpace on /storage/{storage}',
      params: 'filename:str vmid:vmid size:str format?:enum(raw,qcow2,subvol)',
    },
    allocate,
  ),
  endpoint(
    'DELETE /nodes/{node}/storage/{storage}/content/{volume}',
    { params: 'delay?:int(1,30)' },
    remove,
  ),
]

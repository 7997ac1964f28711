import { callerName, mayDo, requireAny } from '../../access'
import { DURATIONS, downloadMs } from '../../durations'
import { downloadBytes } from '../../guest/images'
import type { LabStorage, Volume } from '../../state'
import { lockStorage } from '../../tasks/locks'
import { startTask } from '../../tasks/start-task'
import { act, log, type Stage, sleep } from '../../tasks/task'
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

const SEE = 'Datastore.Audit|Datastore.AllocateSpace on /storage/{storage}'
const KIB = 2 ** 10

function storageOf({ lab, params }: Call): LabStorage {
  return getStorage(lab.state, params.storage ?? '', params.node)
}

function figures(call: Call, storage: LabStorage) {
  const used = usedBytes(call.lab.state, storage, call.params.node ?? '')
  return {
    type: storage.type,
    content: storage.content.join(','),
    shared: storage.shared ? 1 : 0,
    enabled: 1,
    active: 1,
    total: storage.totalBytes,
    used,
    avail: Math.max(0, storage.totalBytes - used),
  }
}

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
        return { storage: storage.id, ...row, used_fraction: row.used / row.total }
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

function assertContent(storage: LabStorage, kind: string): void {
  if (!storage.content.includes(kind))
    throw new LabError(`storage '${storage.id}' is not configured for content-type '${kind}'`)
}

const EXTENSIONS: Record<string, RegExp> = {
  iso: /\.(iso|img)$/i,
  vztmpl: /\.tar\.(gz|xz|zst|bz2)$/i,
  import: /\.(ova|ovf|qcow2|raw|vmdk)$/i,
}

function assertFileName(kind: string, name: string): void {
  if (!EXTENSIONS[kind]?.test(name)) throw invalid({ filename: 'wrong file extension' })
}

const folderOf = (storage: LabStorage, kind: string): string =>
  kind === 'import'
    ? `${storagePath(storage)}/import`
    : `${storagePath(storage)}/template/${kind === 'iso' ? 'iso' : 'cache'}`

function upload(call: Call): CallResult {
  const { lab, params, request, caller } = call
  const storage = storageOf(call)
  const kind = params.content as 'iso' | 'import' | 'vztmpl'
  assertContent(storage, kind)
  const file = request.upload
  if (!file) throw invalid({ filename: 'property is missing and it is not optional' })
  const name = file.filename.replace(/[^\w.+=-]/g, '_')
  assertFileName(kind, name)
  assertRoom(lab.state, storage, params.node ?? '', file.bytes)
  const expected = params.checksum?.toLowerCase()
  const checked: Stage[] = !expected
    ? []
    : params['checksum-algorithm'] !== 'sha256' || expected === file.sha256
      ? [log('calculating checksum...OK, checksum verified')]
      : [
          log('calculating checksum...'),
          {
            do: 'fail',
            message: `checksum mismatch: got '${file.sha256}' != expect '${expected}'`,
          },
        ]
  const target = `${folderOf(storage, kind)}/${name}`
  return {
    data: startTask(lab, {
      node: params.node ?? '',
      type: 'imgcopy',
      id: '',
      user: callerName(caller),
      stages: [
        log(`starting file import from: /var/tmp/pveupload-${file.sha256.slice(0, 32)}`),
        ...checked,
        log(`target node: ${params.node}`),
        log(`target file: ${target}`),
        log(`file size is: ${file.bytes}`),
        log(`command: cp -- /var/tmp/pveupload-${file.sha256.slice(0, 32)} ${target}`),
        sleep(DURATIONS.upload),
        act('storage.store', {
          node: params.node ?? '',
          storage: storage.id,
          content: kind,
          file: { name, bytes: file.bytes, files: file.files },
        }),
        log('finished file import successfully'),
      ],
    }),
  }
}

/** Pretends to fetch any https URL: size by name, time by size, a wanted checksum taken as matching. */
function download(call: Call): CallResult {
  const { lab, params, caller } = call
  const storage = storageOf(call)
  const kind = params.content as 'iso' | 'import' | 'vztmpl'
  if (!mayDo(lab.state, caller, `/nodes/${params.node}`, 'Sys.AccessNetwork'))
    requireAny(lab.state, caller, '/', ['Sys.Audit', 'Sys.Modify'])
  if (params.checksum && !params['checksum-algorithm'])
    throw invalid({ 'checksum-algorithm': "missing property - 'checksum' requires this property" })
  assertContent(storage, kind)
  const name = params.filename ?? ''
  assertFileName(kind, name)
  const bytes = downloadBytes(`${params.url} ${name}`)
  const target = `${folderOf(storage, kind)}/${name}`
  const node = params.node ?? ''
  return {
    data: startTask(lab, {
      node,
      type: 'download',
      id: name,
      user: callerName(caller),
      stages: [
        log(`downloading ${params.url} to ${target}`),
        act('storage.refuse-existing', {
          node,
          volid: `${storage.id}:${kind}/${name}`,
          path: target,
        }),
        ...downloadStages(params.url ?? '', target, bytes),
        ...checkedSum(params.checksum, params['checksum-algorithm']),
        act('storage.store', {
          node,
          storage: storage.id,
          content: kind,
          file: { name, bytes, files: null },
        }),
        log(`download of '${params.url}' to '${target}' finished`),
      ],
    }),
  }
}

/** Hexadecimal digits of each sum. */
const SUMS: Record<string, number> = {
  ...{ md5: 32, sha1: 40, sha224: 56, sha256: 64, sha384: 96, sha512: 128 },
}

/** A wanted sum is taken as the file's own if it can be one at all: nothing was really fetched. */
function checkedSum(wanted: string | undefined, algorithm = 'sha256'): Stage[] {
  if (!wanted) return []
  const digits = SUMS[algorithm] ?? 64
  if (new RegExp(`^[0-9a-f]{${digits}}$`, 'i').test(wanted) && !/^0+$/.test(wanted))
    return [log('calculating checksum...OK, checksum verified')]
  const message = `checksum mismatch: got '${'5d'.repeat(digits / 2)}' != expect '${wanted}'`
  return [log('calculating checksum...'), { do: 'fail', message }]
}

function downloadStages(url: string, target: string, bytes: number): Stage[] {
  if (!/^https?:\/\/[^/]+\/\S+/.test(url))
    return [{ do: 'fail', message: 'download failed: exit code 4' }]
  const quarter = Math.round(downloadMs(bytes) / 4)
  return [
    log(`Connecting to ${new URL(url).host}... connected.`),
    log('HTTP request sent, awaiting response... 200 OK'),
    log(`Length: ${bytes} (${(bytes / 2 ** 20).toFixed(0)}M) [application/octet-stream]`),
    log(`Saving to: '${target}.tmp_dwnl'`),
    ...[25, 50, 75, 100].flatMap((percent) => [
      sleep(quarter),
      log(
        `${String(Math.round((bytes * percent) / 100 / 1024)).padStart(8)}K .......... .......... ${String(percent).padStart(3)}% 60.0M`,
      ),
    ]),
  ]
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

const FILE_PARAMS =
  'checksum?:str checksum-algorithm?:enum(md5,sha1,sha224,sha256,sha384,sha512) filename:text(255)'

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

/** What a HEAD request to a URL would tell: the lab judges by the name, as a download does. */
function urlMetadata({ lab, params, caller }: Call): CallResult {
  if (!mayDo(lab.state, caller, `/nodes/${params.node}`, 'Sys.AccessNetwork'))
    requireAny(lab.state, caller, '/', ['Sys.Audit', 'Sys.Modify'])
  const url = params.url ?? ''
  const filename = url.split(/[?#]/)[0]?.split('/').at(-1) ?? ''
  const mimetype = /\.iso$/.test(filename)
    ? 'application/x-iso9660-image'
    : 'application/octet-stream'
  return { data: { filename, mimetype, size: downloadBytes(`${url} ${filename}`) } }
}

export const storageEndpoints = [
  endpoint('GET /nodes/{node}/query-url-metadata', { params: 'url:str' }, urlMetadata),
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
  endpoint(
    'POST /nodes/{node}/storage/{storage}/upload',
    {
      need: 'Datastore.AllocateTemplate on /storage/{storage}',
      params: `content:enum(iso,vztmpl,import) tmpfilename?:str ${FILE_PARAMS}`,
    },
    upload,
  ),
  endpoint(
    'POST /nodes/{node}/storage/{storage}/download-url',
    {
      need: 'Datastore.AllocateTemplate on /storage/{storage}',
      params: `content:enum(iso,vztmpl,import) url:str compression?:str verify-certificates?:bool ${FILE_PARAMS}`,
    },
    download,
  ),
]

import { callerName, mayDo, requireAny } from '../../access'
import { DURATIONS, downloadMs } from '../../durations'
import { downloadBytes } from '../../guest/images'
import type { LabStorage } from '../../state'
import { startTask } from '../../tasks/start-task'
import { act, log, type Stage, sleep } from '../../tasks/task'
import { assertRoom, getStorage, storagePath } from '../../vm/storage'
import { invalid, LabError } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'

const storageOf = ({ lab, params }: Call): LabStorage =>
  getStorage(lab.state, params.storage ?? '', params.node)

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

/** The folder of a kind of content, as messages name it. */
export const folderOf = (storage: LabStorage, kind: string): string =>
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

const FILE_PARAMS =
  'checksum?:str checksum-algorithm?:enum(md5,sha1,sha224,sha256,sha384,sha512) filename:text(255)'

export const storageFileEndpoints = [
  endpoint('GET /nodes/{node}/query-url-metadata', { params: 'url:str' }, urlMetadata),
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

import { mayDo } from '../../access'
import type { Section } from '../../cluster-state'
import type { LabStorage } from '../../state'
import { storagePath } from '../../vm/storage'
import { LabError } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'
import { digestOf, fieldsOf, toShown } from '../section'

const GIB = 2 ** 30
const TYPES = ['dir', 'lvmthin', 'zfspool', 'nfs'] as const
const isType = (type: string | undefined): type is (typeof TYPES)[number] =>
  TYPES.some((known) => known === type)

/** Fields of a section that the lab keeps in places of their own. */
const OWN = ['storage', 'type', 'content', 'nodes', 'shared']
const NUMERIC = [
  'disable',
  'sparse',
  'mkdir',
  'create-base-path',
  'create-subdirs',
  'is_mountpoint',
]

/** What each kind of storage says of itself where nobody has set it. */
function defaultsOf(storage: LabStorage): Section {
  if (storage.type === 'dir') return { path: storagePath(storage), 'prune-backups': 'keep-all=1' }
  if (storage.type === 'lvmthin') return { vgname: 'pve', thinpool: 'data' }
  if (storage.type === 'zfspool') return { pool: 'rpool/data', sparse: '1' }
  return { path: storagePath(storage), server: '10.0.0.5', export: '/export' }
}

/** A section of storage.cfg as the API shows it. */
function row(storage: LabStorage): Record<string, unknown> {
  const { 'max-protected-backups': _max, ...config } = { ...defaultsOf(storage), ...storage.config }
  return {
    ...{ storage: storage.id, type: storage.type, content: storage.content.join(',') },
    ...(storage.type === 'dir' ? { priority: 0 } : {}),
    ...(storage.nodes ? { nodes: storage.nodes.join(',') } : {}),
    ...(storage.shared && storage.type !== 'nfs' ? { shared: 1 } : {}),
    ...toShown(config, NUMERIC),
    digest: digestOf(null),
  }
}

const words = (text: string | undefined): string[] => (text ?? '').split(/[,\s]+/).filter(Boolean)

function create({ lab, params }: Call): CallResult {
  const { storage: id = '', type, content, nodes, shared } = params
  const failed = (why: string) => new LabError(`create storage failed: ${why}`)
  if (id in lab.state.storages) throw failed(`storage ID '${id}' already defined`)
  if (!isType(type)) throw failed(`storage type '${type}' is not part of this simulation`)
  const volume = `${params.vgname}/${params.thinpool}`
  // The thin pool of PVE's own installer is the only one that a host has before somebody makes another.
  const isThere = Object.values(lab.state.storages).some((known) => known.type === 'lvmthin')
  if (type === 'lvmthin' && !(volume === 'pve/data' && isThere))
    throw failed(`no such logical volume ${volume}`)
  lab.state.storages[id] = {
    ...{ id, type, nodes: nodes ? words(nodes) : null, totalBytes: 500 * GIB, ownBytes: GIB },
    content: words(content ?? (type === 'dir' || type === 'nfs' ? 'images' : 'images,rootdir')),
    shared: shared === '1' || type === 'nfs',
    config: fieldsOf(params, OWN),
  }
  return { data: { storage: id, type } }
}

function update({ lab, params }: Call): CallResult {
  const storage = lab.state.storages[params.storage ?? '']
  if (!storage) throw new LabError(`storage '${params.storage}' does not exist`)
  if (params.content) storage.content = words(params.content)
  if (params.nodes) storage.nodes = words(params.nodes)
  const gone = words(params.delete)
  if (gone.includes('nodes')) storage.nodes = null
  storage.config = Object.fromEntries(
    Object.entries({ ...storage.config, ...fieldsOf(params, OWN) }).filter(
      ([key]) => !gone.includes(key),
    ),
  )
  return { data: { storage: storage.id, type: storage.type } }
}

const ALLOCATE = { need: 'Datastore.Allocate on /storage' }

export const storageConfigEndpoints = [
  endpoint('GET /storage', { params: 'type?:str' }, ({ lab, params, caller }) => ({
    data: Object.values(lab.state.storages)
      .filter((storage) => !params.type || storage.type === params.type)
      .filter((storage) => mayDo(lab.state, caller, `/storage/${storage.id}`, 'Datastore.Audit'))
      .map(row),
  })),
  endpoint('POST /storage', ALLOCATE, create),
  endpoint(
    'GET /storage/{storage}',
    { need: 'Datastore.Allocate on /storage/{storage}' },
    ({ lab, params }) => {
      const storage = lab.state.storages[params.storage ?? '']
      if (!storage) throw new LabError(`storage '${params.storage}' does not exist`)
      return { data: row(storage) }
    },
  ),
  endpoint('PUT /storage/{storage}', { ...ALLOCATE, params: 'content?:str disable?:bool' }, update),
  endpoint('DELETE /storage/{storage}', ALLOCATE, ({ lab, params }) => {
    if (!lab.state.storages[params.storage ?? ''])
      throw new LabError(`delete storage failed: storage '${params.storage}' does not exist`)
    delete lab.state.storages[params.storage ?? '']
    return { data: null }
  }),
]

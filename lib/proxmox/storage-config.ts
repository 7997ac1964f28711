import { z } from 'zod'
import { flag, list, num, text } from './answer-values'
import { type Ask, path, verbsOf } from './ask'
import { type Change, paramsOf, type VmParams } from './values'

/** A storage as the cluster is told of it. */
export type StorageDefinition = {
  storage: string
  /** `dir`, `lvmthin`, `zfspool`, `nfs`, `pbs` ... */
  type: string
  content: string[]
  /** Empty: on all nodes. */
  nodes: string[]
  shared: boolean
  disabled: boolean
  /** Everything else as PVE keeps it: `path`, `thinpool`, `server` ... Passwords are not told. */
  options: Record<string, string>
  digest: string
}

/** One storage at one node. */
export type StorageUse = {
  active: boolean
  enabled: boolean
  totalBytes: number
  usedBytes: number
  freeBytes: number
}

/** The cluster's storages as they are set up. */
export type StorageConfig = {
  list(): Promise<StorageDefinition[]>
  get(storage: string): Promise<StorageDefinition>
  /** Checked at the node that answers: a thin pool that is not there is refused. */
  create(storage: string, type: string, params: VmParams): Promise<void>
  update(storage: string, change: Change): Promise<void>
  /** The definition only; what is stored stays. */
  remove(storage: string): Promise<void>
  use(node: string, storage: string): Promise<StorageUse>
}

const Definition = z
  .object({
    storage: z.string(),
    type: z.string(),
    content: list,
    nodes: list,
    shared: flag,
    disable: flag,
    digest: text.default(''),
  })
  .catchall(z.unknown())

const Use = z.object({
  active: flag,
  enabled: flag,
  total: num.default(0),
  used: num.default(0),
  avail: num.default(0),
})

/** See {@link StorageConfig}. */
export function storageConfigCalls(ask: Ask): StorageConfig {
  const { read, change } = verbsOf(ask)
  const one = (storage: string) => path`/storage/${storage}`
  return {
    async list() {
      const found = await read(z.array(Definition), 'List the storages', '/storage')
      return found.map(toDefinition).toSorted((a, b) => (a.storage < b.storage ? -1 : 1))
    },
    get: async (storage) =>
      toDefinition(await read(Definition, `Read storage ${storage}`, one(storage))),
    create: (storage, type, params) =>
      change(`Add storage ${storage}`, ['POST', '/storage'], { storage, type, ...params }),
    update: (storage, wanted) =>
      change(`Change storage ${storage}`, ['PUT', one(storage)], paramsOf(wanted)),
    remove: (storage) => change(`Remove storage ${storage}`, ['DELETE', one(storage)]),
    async use(node, storage) {
      const what = `Read how full ${storage} is`
      const found = await read(Use, what, path`/nodes/${node}/storage/${storage}/status`)
      const { active, enabled, total, used, avail } = found
      return { active, enabled, totalBytes: total, usedBytes: used, freeBytes: avail }
    },
  }
}

function toDefinition(found: z.output<typeof Definition>): StorageDefinition {
  const { storage, type, content, nodes, shared, disable, digest, ...rest } = found
  return {
    ...{ storage, type, nodes, shared, digest },
    content: content.toSorted(),
    disabled: disable,
    options: Object.fromEntries(
      Object.entries(rest)
        .filter(([, value]) => ['string', 'number'].includes(typeof value))
        .map(([key, value]) => [key, String(value)]),
    ),
  }
}

import { z } from 'zod'
import { num } from './answer-values'
import { type Ask, path, verbsOf } from './ask'
import { listed } from './values'

export type Pool = { pool: string; comment: string }
export type PoolDetail = Pool & { vmids: number[]; storages: string[] }

/** Resource pools: guests and storages that rights are given on together. */
export type Pools = {
  list(): Promise<Pool[]>
  get(pool: string): Promise<PoolDetail>
  create(pool: string, comment?: string): Promise<void>
  /** A VMID that does not exist is taken without complaint (recorded); `move`: out of another pool. */
  add(
    pool: string,
    members: { vmids?: readonly number[]; storages?: readonly string[]; move?: boolean },
  ): Promise<void>
  take(
    pool: string,
    members: { vmids?: readonly number[]; storages?: readonly string[] },
  ): Promise<void>
  /** Only an empty one. */
  remove(pool: string): Promise<void>
}

const Entry = z.object({ poolid: z.string(), comment: z.string().default('') })
const Detail = z.object({
  comment: z.string().default(''),
  members: z
    .array(z.object({ type: z.string(), vmid: num.optional(), storage: z.string().optional() }))
    .default([]),
})

/** See {@link Pools}. */
export function poolCalls(ask: Ask): Pools {
  const { read, change } = verbsOf(ask)
  const one = (pool: string) => path`/pools/${pool}`
  return {
    async list() {
      const found = await read(z.array(Entry), 'List the pools', '/pools')
      return found.map(({ poolid, comment }) => ({ pool: poolid, comment }))
    },
    async get(pool) {
      const { comment, members } = await read(Detail, `Read pool ${pool}`, one(pool))
      const vmids = members.map(({ vmid }) => vmid).filter((vmid) => vmid !== undefined)
      const storages = members.map(({ storage }) => storage).filter((name) => name !== undefined)
      return { pool, comment, vmids: vmids.toSorted((a, b) => a - b), storages }
    },
    create: (pool, comment) =>
      change(`Add pool ${pool}`, ['POST', '/pools'], { poolid: pool, comment }),
    add: (pool, { vmids, storages, move }) =>
      change(`Add to pool ${pool}`, ['PUT', one(pool)], {
        vms: listed(vmids),
        storage: listed(storages),
        'allow-move': move || undefined,
      }),
    take: (pool, { vmids, storages }) =>
      change(`Take out of pool ${pool}`, ['PUT', one(pool)], {
        vms: listed(vmids),
        storage: listed(storages),
        delete: true,
      }),
    remove: (pool) => change(`Remove pool ${pool}`, ['DELETE', one(pool)]),
  }
}

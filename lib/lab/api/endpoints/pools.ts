import { mayDo } from '../../access'
import { type Pool, poolsOf } from '../../cluster-state'
import { LabError } from '../answer'
import { type Call, type CallResult, endpoint } from '../endpoint'
import { guestResource } from './cluster'

function getPool({ lab, params }: Call): Pool {
  const pool = poolsOf(lab.state)[params.poolid ?? '']
  if (!pool) throw new LabError(`pool '${params.poolid}' does not exist`)
  return pool
}

const headOf = (poolid: string, { comment }: Pool) => ({
  poolid,
  ...(comment === null ? {} : { comment }),
})

function members({ lab }: Call, pool: Pool): Record<string, unknown>[] {
  const storages = pool.storages.flatMap((id) => lab.state.storages[id] ?? [])
  return [
    ...pool.guests.flatMap((vmid) => {
      const vm = lab.state.vms[vmid]
      if (!vm) return []
      const { tags: _tags, ...row } = guestResource(lab, vm)
      return [row]
    }),
    ...storages.map(({ id, type, content }) => ({
      ...{ id: `storage/${id}`, storage: id, type: 'storage' },
      ...{ plugintype: type, content: content.join(',') },
    })),
  ]
}

function list(call: Call): CallResult {
  const { lab, params, caller } = call
  if (params.poolid) {
    const pool = getPool(call)
    return { data: [{ ...headOf(params.poolid, pool), members: members(call, pool) }] }
  }
  return {
    data: Object.entries(poolsOf(lab.state))
      .filter(([id]) => mayDo(lab.state, caller, `/pool/${id}`, 'Pool.Audit'))
      .map(([id, pool]) => headOf(id, pool)),
  }
}

const words = (text: string | undefined): string[] => (text ?? '').split(/[,;\s]+/).filter(Boolean)

/** Members come and go by VMID; one that does not exist is accepted (recorded). */
function update(call: Call): CallResult {
  const { lab, params } = call
  const pool = getPool(call)
  const pools = Object.values(poolsOf(lab.state))
  if (params.comment !== undefined) pool.comment = params.comment
  for (const vmid of words(params.vms).map(Number)) {
    if (params.delete === '1') {
      if (!pool.guests.includes(vmid))
        throw new LabError(`update pools failed: VM ${vmid} is not a pool member`)
      pool.guests = pool.guests.filter((other) => other !== vmid)
      continue
    }
    const holder = pools.find((other) => other.guests.includes(vmid))
    if (holder === pool)
      throw new LabError(`update pools failed: VM ${vmid} is already a pool member`)
    if (holder && params['allow-move'] !== '1')
      throw new LabError(
        `update pools failed: VM ${vmid} belongs already to another pool and 'allow-move' is not set`,
      )
    if (holder) holder.guests = holder.guests.filter((other) => other !== vmid)
    if (lab.state.vms[vmid]) pool.guests.push(vmid)
  }
  for (const id of words(params.storage)) {
    const others = pool.storages.filter((other) => other !== id)
    pool.storages = params.delete === '1' ? others : [...others, id]
  }
  return { data: null }
}

function remove(call: Call): CallResult {
  const { lab, params } = call
  const pool = poolsOf(lab.state)[params.poolid ?? '']
  if (!pool) throw new LabError(`delete pool failed: pool '${params.poolid}' does not exist`)
  const [guest, storage] = [pool.guests[0], pool.storages[0]]
  const what = guest === undefined ? storage && `storage '${storage}'` : `VM ${guest}`
  if (what)
    throw new LabError(
      `delete pool failed: pool '${params.poolid}' is not empty (contains ${what})`,
    )
  delete poolsOf(lab.state)[params.poolid ?? '']
  return { data: null }
}

const ALLOCATE = { need: 'Pool.Allocate on /pool/{poolid}' }

export const poolEndpoints = [
  endpoint('GET /pools', { params: 'poolid?:poolid type?:enum(qemu,lxc,storage)' }, list),
  endpoint('POST /pools', ALLOCATE, ({ lab, params }) => {
    const { poolid = '', comment } = params
    if (poolid in poolsOf(lab.state))
      throw new LabError(`create pool failed: pool '${poolid}' already exists`)
    poolsOf(lab.state)[poolid] = { comment: comment ?? null, guests: [], storages: [] }
    return { data: null }
  }),
  endpoint('PUT /pools', ALLOCATE, update),
  endpoint('DELETE /pools', ALLOCATE, remove),
  endpoint('GET /pools/{poolid}', { need: 'Pool.Audit on /pool/{poolid}' }, (call) => {
    const pool = getPool(call)
    return { data: { ...headOf(call.params.poolid ?? '', pool), members: members(call, pool) } }
  }),
  endpoint('PUT /pools/{poolid}', ALLOCATE, update),
  endpoint('DELETE /pools/{poolid}', ALLOCATE, remove),
]

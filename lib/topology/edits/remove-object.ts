import { applyChanges } from '../apply'
import type { Json } from '../change'
import { atPath } from '../json'
import { listReferrals, type Referral, refersTo } from '../references'
import { KINDS, type Kind, type Topology } from '../topology'
import { releaseBelow } from './holds'

/**
 * Removes an object and what names it: optional fields and places in lists go, and what cannot be
 * without it goes as a whole (a NIC with its network, a pool with its network). Acknowledgements
 * and holds below what went are withdrawn.
 */
export function removeObject(
  topology: Topology,
  { collection, id }: { collection: Kind; id: string },
): Topology {
  if (valueAt(topology, [collection, id]) === undefined) return topology
  const referrals = listReferrals(topology).filter((each) => refersTo(each, collection, id))
  let result = applyChanges(topology, [{ path: [collection, id] }])
  // From the last to the first, so that places in lists stay what they are.
  for (const referral of referrals.toReversed()) result = letGo(result, referral)
  return releaseBelow(withdrawBelow(result, [collection, id]), [collection, id])
}

function letGo(topology: Topology, { path, required, listed }: Referral): Topology {
  if (valueAt(topology, path.slice(0, -1)) === undefined) return topology
  if (listed) {
    const list = valueAt(topology, path.slice(0, -1)) as Json[]
    const kept = list.filter((_, i) => i !== Number(path.at(-1)))
    return applyChanges(topology, [{ path: path.slice(0, -1), to: kept }])
  }
  if (!required) return applyChanges(topology, [{ path }])
  const owner = path.slice(0, -1)
  const [collection, id] = owner
  if (owner.length === 2 && isKind(collection))
    return removeObject(topology, { collection, id: id! })
  return applyChanges(topology, [{ path: owner }])
}

function withdrawBelow(topology: Topology, path: readonly string[]): Topology {
  if (!topology.acknowledged) return topology
  const kept = topology.acknowledged.filter((each) => path.some((step, i) => each.path[i] !== step))
  if (kept.length === topology.acknowledged.length) return topology
  return applyChanges(topology, [
    kept.length === 0 ? { path: ['acknowledged'] } : { path: ['acknowledged'], to: kept },
  ])
}

const valueAt = (topology: Topology, path: readonly string[]) =>
  atPath(topology as unknown as Json, path)

const isKind = (key: string | undefined): key is Kind => KINDS.some((kind) => kind === key)

import { applyChanges } from './apply'
import type { Change, Json } from './change'
import { freeId } from './free-id'
import { atPath } from './json'
import { listReferrals, refersTo } from './references'
import type { Kind, Topology } from './topology'

/**
 * The object under another id, in its place, with everything that names it. Ids are for ever once
 * they are deployed; this is for an object that is only drawn. Unchanged where it is not there, or
 * where the other id is taken.
 */
export function renameObject(topology: Topology, kind: Kind, id: string, to: string): Topology {
  const objects = topology[kind] as Record<string, Json> | undefined
  if (!objects || !Object.hasOwn(objects, id) || Object.hasOwn(objects, to)) return topology
  const changes = listReferrals(topology)
    .filter((referral) => refersTo(referral, kind, id))
    .map(({ path, listed }) => (listed ? { path: path.slice(0, -1) } : { path, to }))
  let renamed = topology
  for (const { path, to: value } of changes) {
    const old = atPath(renamed as unknown as Json, path)
    const next = value ?? (old as Json[]).map((each) => (each === id ? to : each))
    renamed = applyChanges(renamed, [{ path, to: next } satisfies Change])
  }
  const entries = Object.entries(renamed[kind] as Record<string, Json>)
  const map = Object.fromEntries(entries.map(([key, value]) => [key === id ? to : key, value]))
  return { ...renamed, [kind]: map } as Topology
}

/** The next id like `id` that no key of the map has: `k8s-worker-5` after 4, else `id-2`. */
export function nextIdLike(taken: Readonly<Record<string, unknown>>, id: string): string {
  const [, stem, number] = /^(.*-)(\d{1,6})$/.exec(id) ?? []
  if (stem === undefined) return freeId(taken, id)
  let n = Number(number) + 1
  while (Object.hasOwn(taken, `${stem}${n}`)) n += 1
  return `${stem}${n}`
}

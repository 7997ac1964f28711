import { applyChanges } from '@/lib/topology/apply'
import type { Json } from '@/lib/topology/change'
import { diff } from '@/lib/topology/diff'
import { sameJson } from '@/lib/topology/json'
import type { Choose, Conflict, Side } from '@/lib/topology/merge'
import { nextIdLike, renameObject } from '@/lib/topology/rename'
import { KINDS, type Kind, type Topology } from '@/lib/topology/topology'
import { commit, type Doc, type History } from './history'

/** What a person decided about one conflict; `both` where two objects of one id were added. */
export type Choice = Side | 'both'
/** By {@link keyOfConflict}. */
export type Choices = Readonly<Record<string, Choice>>

/** The name of a conflict's place, for choices and keys. */
export const keyOfConflict = ({ path }: Pick<Conflict, 'path'>): string => path.join('/')

/** The kind of an object that both sides added under one id, and that both can have; else null. */
export function addedByBoth({ path, base, mine, theirs }: Conflict): Kind | null {
  if (path.length !== 2 || base !== null || mine === null || theirs === null) return null
  return KINDS.find((kind) => kind === path[0]) ?? null
}

/** The id that my object gets if both are kept. */
export function otherIdFor({ path }: Conflict, mine: Doc, theirs: Doc): string {
  const [kind = '', id = ''] = path
  const objects = ({ topology }: Doc) =>
    (topology as unknown as Record<string, Record<string, Json> | undefined>)[kind]
  return nextIdLike({ ...objects(mine), ...objects(theirs) }, id)
}

/** The choices that still answer what is asked: a place whose values changed is asked again. */
export function stillChosen(
  choices: Choices,
  before: readonly Conflict[],
  now: readonly Conflict[],
): Choices {
  const asked = new Map(before.map((conflict) => [keyOfConflict(conflict), conflict]))
  const kept = now.flatMap((conflict) => {
    const key = keyOfConflict(conflict)
    const old = asked.get(key)
    const choice = choices[key]
    const same = old && sameJson(old.mine, conflict.mine) && sameJson(old.theirs, conflict.theirs)
    return same && choice ? [[key, choice] as const] : []
  })
  return Object.fromEntries(kept)
}

/** The choices as the merge asks for them. With `both` mine has another id by then: theirs stands. */
export function choosing(choices: Choices): Choose {
  return (conflict) => {
    const choice = choices[keyOfConflict(conflict)] ?? null
    return choice === 'both' ? 'theirs' : choice
  }
}

/** My objects that are kept beside theirs under their other ids, as steps of their own. */
export function withOtherIds(
  history: History,
  theirs: Doc,
  conflicts: readonly Conflict[],
  choices: Choices,
): History {
  let result = history
  for (const conflict of conflicts) {
    const kind = addedByBoth(conflict)
    if (kind === null || choices[keyOfConflict(conflict)] !== 'both') continue
    const id = conflict.path[1] ?? ''
    const other = otherIdFor(conflict, result.doc, theirs)
    const { topology } = result.doc
    const renamed = withoutTaken(renameObject(topology, kind, id, other), other, theirs.topology)
    result = commit(result, `Add ${other}`, diff(topology, renamed))
  }
  return result
}

/** My VM without the VMID, MACs and addresses that VMs of theirs have: a save gives it its own. */
function withoutTaken(topology: Topology, id: string, theirs: Topology): Topology {
  const vms = Object.values(theirs.vms ?? {})
  const nics = vms.flatMap((each) => Object.values(each.nics ?? {}))
  const taken = new Set<unknown>([
    ...vms.map(({ vmid }) => vmid),
    ...nics.flatMap(({ mac, address }) => [mac, address]),
  ])
  const vm = topology.vms?.[id]
  const at = (path: string[], value: unknown) =>
    value !== undefined && taken.has(value) ? [{ path: ['vms', id, ...path] }] : []
  return applyChanges(topology, [
    ...at(['vmid'], vm?.vmid),
    ...Object.entries(vm?.nics ?? {}).flatMap(([nic, { mac, address }]) => [
      ...at(['nics', nic, 'mac'], mac),
      ...at(['nics', nic, 'address'], address),
    ]),
  ])
}

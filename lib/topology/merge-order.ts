import type { Json } from './change'

/**
 * All keys of three maps, in the order of the side that changed it (mine where both did). Keys that
 * only the other side has follow the one that they follow there; where both added at one place,
 * theirs stand first: they are saved already, and disks and NICs have their slots by the order.
 */
export function mergeKeys(
  base: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
): string[] {
  const reordered = !sameSequence(common(base, mine), common(mine, base))
  const [lead, follow] = reordered ? [mine, theirs] : [theirs, mine]
  const [known, own] = [new Set(base), new Set(follow)]
  const result = [...lead]
  const placed = new Set(lead)
  const isNewThere = (key: string | undefined) =>
    key !== undefined && !known.has(key) && !own.has(key)
  let previous: string | undefined
  for (const key of follow) {
    if (!placed.has(key)) {
      let place = previous === undefined ? 0 : result.indexOf(previous) + 1
      if (!reordered) while (isNewThere(result[place])) place += 1
      result.splice(place, 0, key)
      placed.add(key)
    }
    previous = key
  }
  return result
}

const common = (keys: readonly string[], other: readonly string[]) => {
  const known = new Set(other)
  return keys.filter((key) => known.has(key))
}

const sameSequence = (a: readonly string[], b: readonly string[]) =>
  a.every((key, i) => key === b[i])

/**
 * Three-way merge of lists whose items are what they say (ids, addresses, records without an id):
 * what either side added is in it, what either removed is not. Null where that would be a guess: an
 * item stands twice, both sides replaced the same one, both put them into another order, or nothing
 * would be left.
 */
export function mergeLists(
  base: readonly Json[],
  mine: readonly Json[],
  theirs: readonly Json[],
): Json[] | null {
  const lists = [base, mine, theirs].map((list) => list.map(keyOf)) as [
    string[],
    string[],
    string[],
  ]
  if (lists.some((keys) => new Set(keys).size < keys.length)) return null
  const [a, b, c] = lists
  const [inA, inB, inC] = lists.map((keys) => new Set(keys)) as [
    Set<string>,
    Set<string>,
    Set<string>,
  ]
  const added = [...b, ...c].some((key) => !inA.has(key))
  if (added && a.some((key) => !inB.has(key) && !inC.has(key))) return null
  const moved = [b, c].filter((keys) => !sameSequence(common(a, keys), common(keys, a)))
  if (moved.length === 2 && !sameSequence(common(b, c), common(c, b))) return null
  const values = new Map([...base, ...mine, ...theirs].map((item) => [keyOf(item), item]))
  const merged = mergeKeys(a, b, c).filter((key) =>
    inA.has(key) ? inB.has(key) && inC.has(key) : true,
  )
  return merged.length === 0 ? null : merged.map((key) => values.get(key) as Json)
}

/** Equal items have equal keys: the order of a record's fields does not count. */
const keyOf = (item: Json): string => JSON.stringify(sorted(item))

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sorted(value[key] as Json)]),
  )
}

import { assert } from '@/lib/base/assert'
import { parseTopology } from '@/lib/topology/parse'
import type { Problem } from '@/lib/topology/problem'
import type { Topology } from '@/lib/topology/topology'
import { validate } from '@/lib/topology/validate'

/** Enough for the heads that people look at and the pairs that they compare. */
const HELD = 24
const topologies = new Map<string, Topology>()
const problems = new Map<string, Problem[]>()

/** The value of a stored text, by its hash; parsed once. A stored text parses: it was checked. */
export function readTopology(hash: string, text: string): Topology {
  return held(topologies, hash, () => {
    const parsed = parseTopology(text)
    assert(parsed.ok, `a stored document (${hash.slice(0, 8)}) does not parse`)
    return parsed.topology
  })
}

/** Today as rules know it: an ISO date, UTC. What has ended by then is told as ended. */
export const utcDay = (): string => new Date().toISOString().slice(0, 10)

/** The problems of a stored text, by its hash; found once a day, because versions end. */
export function readProblems(hash: string, text: string): Problem[] {
  const today = utcDay()
  return held(problems, `${hash} ${today}`, () => validate(readTopology(hash, text), { today }))
}

/** The entry, made if it is not held; the one that was not asked for the longest goes. */
function held<T>(cache: Map<string, T>, key: string, make: () => T): T {
  const value = cache.get(key) ?? make()
  cache.delete(key)
  cache.set(key, value)
  const [oldest] = cache.keys()
  if (cache.size > HELD && oldest !== undefined) cache.delete(oldest)
  return value
}

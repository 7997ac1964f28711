import { applyChanges } from './apply'
import type { Change, Json } from './change'
import { diff } from './diff'
import { formatTopology } from './format'
import { atPath } from './json'
import type { Problem } from './problem'
import { rewriteText } from './rewrite'
import { shapeAt } from './shape'
import type { Topology } from './topology'
import { type ValidateOptions, validate } from './validate'

/** What *Modernise* would do, nothing of it done yet. */
export type Modernised = {
  /** One edit: all fixes together, as few changes as they come to. Empty when there is nothing to do. */
  changes: Change[]
  /** The fixes that were taken, in the order in which they were, with the problem that each removes. */
  taken: { code: string; path: readonly string[]; label: string }[]
  /** Problems whose fix was left to a person, because it changes what something is. */
  left: Problem[]
  /** The document's text before and after, comments kept: the two sides of a difference. */
  text: { before: string; after: string }
}

/**
 * Fields that say what an object is, or where: a fix of one is a decision, so a person takes it
 * alone. `enabled` is among them, because switching an add-on off removes it from the cluster.
 */
const IDENTITY: ReadonlySet<string> = new Set([
  'name',
  'vmid',
  'mac',
  'address',
  'host',
  'role',
  'node',
  'network',
  'cidr',
  'podCidr',
  'serviceCidr',
  'endpoint',
  'controlPlanes',
  'workers',
  'loadBalancers',
  'nfs',
  'distribution',
  'connection',
  'template',
  'size',
  'enabled',
  'purpose',
  'namespace',
])

/** A plain value would be gone once a reference stands in its place; a person stores it first. */
const BY_HAND: ReadonlySet<string> = new Set(['secret.inline'])

/** Whether a fix leaves alone what every object is. Objects may be let go only in lists of words: acknowledgements, holds, reservations. */
const keepsIdentity = (changes: readonly Change[]): boolean =>
  changes.every(
    ({ path, to }) =>
      !path.some((step, i) => IDENTITY.has(step) && shapeAt(path.slice(0, i)).kind === 'group') &&
      (to !== undefined || path[0] === 'reservations' || path.length !== 2),
  )

/** Whether *Modernise* would make the problem's fix. */
export const isModern = ({ code, fix }: Problem): boolean =>
  fix !== undefined && !BY_HAND.has(code) && keepsIdentity(fix.changes)

/** More rounds than this mean that fixes undo each other. */
const MOST_ROUNDS = 20

/**
 * All fixes that change nobody's identity, made again and again until none is left, as one edit. A
 * problem's fix is made once, so that two that undo each other end. `text` is the document as it is
 * written, so that the difference keeps its comments. Pure.
 */
export function modernise(
  topology: Topology,
  { text, ...options }: ValidateOptions & { text?: string } = {},
): Modernised {
  const taken: Modernised['taken'] = []
  const tried = new Set<string>()
  let now = topology
  let problems = validate(now, options)
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = now
    for (const problem of problems) {
      const { code, path, fix } = problem
      const name = `${code} ${path.join('/')}`
      if (!fix || tried.has(name) || !isModern(problem)) continue
      // Fixes of one round were made for one document: what another one changed waits for the next.
      if (!fix.changes.every((change) => isUntouched(before, now, change.path))) continue
      tried.add(name)
      now = applyChanges(now, fix.changes)
      taken.push({ code, path, label: fix.label })
    }
    if (now === before) break
    problems = validate(now, options)
  }
  const changes = diff(topology, now)
  const before = text ?? formatTopology(topology)
  return {
    changes,
    taken,
    left: problems.filter(({ fix }) => fix !== undefined),
    text: { before, after: rewriteText(before, changes) },
  }
}

const isUntouched = (before: Topology, now: Topology, path: readonly string[]): boolean =>
  atPath(before as unknown as Json, path) === atPath(now as unknown as Json, path)

import type { Json } from './change'
import type { Field, Reference } from './fields/field'
import { DOCUMENT_FIELDS } from './fields/fields'
import { at, isMap } from './json'
import type { Kind, Topology } from './topology'

/** One place of the document that names another object by id. */
export type Referral = {
  path: string[]
  to: Reference
  id: string
  /** Whether the object that holds it means nothing without it. */
  required: boolean
  /** Whether it is one of a list; the last step of the path is its place there. */
  listed: boolean
}

/** Every reference, in the order of the schema and the document. */
export function listReferrals(topology: Topology): Referral[] {
  const found: Referral[] = []
  eachReferral(topology, (referral) => found.push({ ...referral, path: [...referral.path] }))
  return found
}

/** The same without keeping any: `path` is one array that the walk goes on changing, so copy it. */
export function eachReferral(topology: Topology, visit: (referral: Referral) => void): void {
  walk(topology as unknown as Json, ROOT, [], visit)
}

type Visit = (referral: Referral) => void

/** The fields that lead to references, so that the rest of the document is not walked. */
type Way = { field: Field; inner: Way[] }

const waysOf = (fields: readonly Field[]): Way[] =>
  fields
    .map((field) => ({ field, inner: waysOf(field.fields ?? []) }))
    .filter(({ field, inner }) => field.reference !== undefined || inner.length > 0)

const ROOT = waysOf(DOCUMENT_FIELDS)

function walk(value: Json, ways: readonly Way[], path: string[], visit: Visit) {
  for (const { field, inner } of ways) {
    const child = at(value, field.key)
    if (child === undefined) continue
    path.push(field.key)
    if (field.reference) tell(child, field, path, visit)
    else if (field.control === 'group') walk(child, inner, path, visit)
    else if (isMap(child)) {
      for (const id in child) {
        path.push(id)
        walk(child[id]!, inner, path, visit)
        path.pop()
      }
    }
    path.pop()
  }
}

function tell(value: Json, field: Field, path: string[], visit: Visit) {
  const to = field.reference!
  if (typeof value === 'string') {
    visit({ path, to, id: value, required: field.required === true, listed: false })
  } else if (Array.isArray(value)) {
    value.forEach((id, i) => {
      if (typeof id !== 'string') return
      path.push(String(i))
      visit({ path, to, id, required: false, listed: true })
      path.pop()
    })
  }
}

/** The kinds that a reference to more than one kind can name. */
export const KINDS_OF: Partial<Record<Reference, readonly Kind[]>> = {
  machines: ['hosts', 'switches', 'routers'],
  servers: ['routers', 'hosts', 'vms', 'unmanaged', 'services'],
  places: ['hosts', 'vms', 'unmanaged', 'clusters'],
}

/** Whether the referral is to an object of this kind with this id. */
export function refersTo(referral: Referral, kind: string, id: string): boolean {
  if (referral.id !== id) return false
  const kinds: readonly string[] = KINDS_OF[referral.to] ?? [referral.to]
  return kinds.includes(kind)
}

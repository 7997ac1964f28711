import type { Field } from './fields/field'
import { DOCUMENT_FIELDS } from './fields/fields'
import type { Kind } from './topology'

/**
 * What stands at a path of the document. `map`: objects by id, in an order that counts. `group`: one
 * object with known fields. `tree`: free JSON. `value`: one value, arrays included.
 */
export type Shape =
  | { kind: 'map'; fields: readonly Field[] }
  | { kind: 'group'; fields: readonly Field[] }
  | { kind: 'tree' }
  | { kind: 'value' }

/** The whole document. */
export const ROOT: Shape = { kind: 'group', fields: DOCUMENT_FIELDS }

/** What stands under a key of a shape. An unknown key is a free tree. */
export function childShape(shape: Shape, key: string): Shape {
  if (shape.kind === 'map') return { kind: 'group', fields: shape.fields }
  if (shape.kind !== 'group') return { kind: 'tree' }
  const field = shape.fields.find((each) => each.key === key)
  if (!field || field.control === 'values') return { kind: 'tree' }
  if (field.control === 'map') return { kind: 'map', fields: field.fields ?? [] }
  if (field.control === 'group') return { kind: 'group', fields: field.fields ?? [] }
  return { kind: 'value' }
}

/** What stands at a path. */
export const shapeAt = (path: readonly string[]): Shape => path.reduce<Shape>(childShape, ROOT)

/** The keys of a group in the order they are written, or null where there is no such order. */
export const keyOrder = (shape: Shape): string[] | null =>
  shape.kind === 'group' ? shape.fields.map(({ key }) => key) : null

/** The fields of one kind of object, for its form and its table. */
export const fieldsOf = (kind: Kind): readonly Field[] =>
  DOCUMENT_FIELDS.find(({ key }) => key === kind)?.fields ?? []

/** The field at a path such as `['vms', 'web', 'nics', 'lan', 'address']`, or null. */
export function fieldAt(path: readonly string[]): Field | null {
  const key = path.at(-1)
  const parent = shapeAt(path.slice(0, -1))
  if (key === undefined || parent.kind !== 'group') return null
  return parent.fields.find((field) => field.key === key) ?? null
}

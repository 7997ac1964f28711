import type { Field } from '@/lib/topology/fields/field'
import { DOCUMENT_FIELDS } from '@/lib/topology/fields/fields'

export type Word = {
  label: string
  type: 'property' | 'enum' | 'variable'
  detail?: string
  apply?: string
}

const LINE = /^(\s*)(?:- )?([\w-]+):(?:\s|$)/

/**
 * What may stand at the cursor: the keys of the object that the indentation says we are in, or the
 * values of the key on this line. `before` is the text up to the cursor, `all` the whole text.
 */
export function wordsFor(before: string, all: string): Word[] {
  const lines = before.split('\n')
  const current = lines.at(-1) ?? ''
  const onValue = /^(\s*)(?:- )?([\w-]+):\s+\S*$/.exec(current)
  const indent = /^\s*/.exec(current)?.[0].length ?? 0
  const path = pathAbove(lines.slice(0, -1), indent)
  const fields = fieldsOf(path)
  if (onValue)
    return valueWords(
      fields.find(({ key }) => key === onValue[2]),
      all,
    )
  return fields.map((field) => ({
    label: field.key,
    type: 'property',
    ...(field.description ? { detail: field.description } : {}),
    apply: `${field.key}: `,
  }))
}

function valueWords(field: Field | undefined, all: string): Word[] {
  if (!field) return []
  if (field.control === 'toggle') return ['true', 'false'].map((label) => ({ label, type: 'enum' }))
  if (field.options) return field.options.map((label) => ({ label, type: 'enum' }))
  if (field.reference) {
    return idsOf(field.reference, all).map((label) => ({ label, type: 'variable' }))
  }
  return []
}

/** Keys that lead to a line of this indentation, outermost first. */
export function pathAbove(lines: readonly string[], indent: number): string[] {
  const path: string[] = []
  let limit = indent
  for (const line of lines.toReversed()) {
    if (limit === 0) break
    const match = LINE.exec(line)
    if (!match) continue
    const depth = match[1]?.length ?? 0
    if (depth < limit) {
      path.unshift(match[2] ?? '')
      limit = depth
    }
  }
  return path
}

function fieldsOf(path: readonly string[]): readonly Field[] {
  let fields: readonly Field[] = DOCUMENT_FIELDS
  let inMap = false
  for (const key of path) {
    if (inMap) {
      inMap = false
      continue
    }
    const field = fields.find((each) => each.key === key)
    if (!field?.fields) return []
    fields = field.fields
    inMap = field.control === 'map'
  }
  // Directly below a map stand ids, which nobody can guess.
  return inMap ? [] : fields
}

/** Ids written one level below a top key, by their indentation alone: the text may not parse now. */
function idsOf(kind: string, all: string): string[] {
  const lines = all.split('\n')
  const start = lines.indexOf(`${kind}:`)
  if (start < 0) return []
  const ids: string[] = []
  for (const line of lines.slice(start + 1)) {
    if (/^\S/.test(line)) break
    const match = /^ {2}([\w-]+):/.exec(line)
    if (match?.[1]) ids.push(match[1])
  }
  return ids
}

import type { Answer } from '@/lib/lab/api/answer'
import { bodyOf, type Sample } from './recording'

/**
 * The shape of a JSON value: types with their keys, no values. Elements of a list are put together:
 * a key that only some of them have is followed by `?`.
 */
export type Shape = string | { list: Shape[] } | { keys: Record<string, Shape[]> }

/** Keys that are names of things and not of fields, such as `tap100i0`. */
const general = (key: string): string => key.replace(/^(tap|veth)\d+i(\d+)$/, '$1*')

export function shapeOf(value: unknown): Shape {
  if (value === null) return 'null'
  if (Array.isArray(value)) return { list: together(value.map(shapeOf)) }
  if (typeof value !== 'object') return typeof value
  const keys: Record<string, Shape[]> = {}
  for (const [key, part] of Object.entries(value as object).sort())
    keys[general(key)] = together([...(keys[general(key)] ?? []), shapeOf(part)])
  return { keys }
}

/** Different shapes once each; objects are one, with the keys of all. */
function together(shapes: Shape[]): Shape[] {
  const objects = shapes.filter((shape) => typeof shape === 'object' && 'keys' in shape)
  const lists = shapes.filter((shape) => typeof shape === 'object' && 'list' in shape)
  const plain = [...new Set(shapes.filter((shape) => typeof shape === 'string'))].sort()
  const made: Shape[] = [...plain]
  if (lists.length > 0)
    made.push({ list: together(lists.flatMap((shape) => (shape as { list: Shape[] }).list)) })
  if (objects.length > 0) {
    const keys: Record<string, Shape[]> = {}
    const rows = objects.map((shape) => (shape as { keys: Record<string, Shape[]> }).keys)
    for (const key of [...new Set(rows.flatMap(Object.keys))].sort()) {
      const found = rows.flatMap((row) => (key in row ? [row[key] as Shape[]] : []))
      const some = found.length < rows.length && !key.endsWith('?')
      keys[some ? `${key}?` : key] = together(found.flat())
    }
    made.push({ keys })
  }
  return made
}

/** Where two shapes differ, one line each: `data.pid: number, here string`. */
export function shapeDifferences(theirs: Shape[], ours: Shape[], path: string): string[] {
  const pick = (shapes: Shape[]) => ({
    plain: shapes.filter((shape): shape is string => typeof shape === 'string').join('|'),
    list: shapes.find((shape) => typeof shape === 'object' && 'list' in shape) as
      | { list: Shape[] }
      | undefined,
    object: shapes.find((shape) => typeof shape === 'object' && 'keys' in shape) as
      | { keys: Record<string, Shape[]> }
      | undefined,
  })
  const [a, b] = [pick(theirs), pick(ours)]
  if (a.plain !== b.plain || !a.list !== !b.list || !a.object !== !b.object)
    return [`${path}: ${kinds(theirs)}, here ${kinds(ours)}`]
  const found: string[] = []
  if (a.list && b.list) found.push(...shapeDifferences(a.list.list, b.list.list, `${path}[]`))
  if (a.object && b.object) {
    const [left, right] = [a.object.keys, b.object.keys]
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      const [one, other] = [left[key], right[key]]
      if (one && other) found.push(...shapeDifferences(one, other, `${path}.${key}`))
      else found.push(`${path}.${key}: ${one ? `${kinds(one)}, here missing` : 'only here'}`)
    }
  }
  return found
}

const kinds = (shapes: Shape[]): string =>
  shapes
    .map((shape) => (typeof shape === 'string' ? shape : 'list' in shape ? 'list' : 'object'))
    .join('|') || 'nothing'

/** What is one run's own in a text: UPIDs, numbers of jobs, process ids in names of temporary files. */
const anonymous = (text: string): string =>
  text
    .replace(/UPID:[^\s"]+/g, 'UPID')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replace(/\.tmp\.\d+/g, '.tmp.PID')

/** How the lab's answer differs from the recorded one in what a client sees. Empty: not at all. */
export function differences(sample: Sample, answer: Answer): string[] {
  if (sample.status !== answer.status)
    return [`${sample.status} ${sample.reason}, here ${answer.status} ${answer.reason}`]
  const found: string[] = []
  if (anonymous(sample.reason) !== anonymous(answer.reason))
    found.push(`reason "${sample.reason}", here "${answer.reason}"`)
  const [theirs, ours] = [bodyOf(sample), bodyOf(answer)]
  if (!theirs !== !ours) return [...found, `body ${theirs ? 'JSON' : 'none'}, here not so`]
  if (!theirs || !ours) return found
  return [...found, ...shapeDifferences([shapeOf(theirs)], [shapeOf(ours)], '')]
}

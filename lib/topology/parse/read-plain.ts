import type { JsonMap } from '../json'
import { readFlow, readScalar } from './read-flow'

/**
 * The value of a text that is written the way documents mostly are: block maps by indentation, one
 * value or one flow collection a line, comments. Null when there is anything else, or anything
 * doubtful; the YAML library then decides. Whatever this does accept, the library reads alike (a
 * property test holds it to that), at a fraction of the time and memory: the library's syntax tree
 * of 10,000 VMs takes half a gigabyte.
 */
export function readPlain(text: string): JsonMap | null {
  const root: JsonMap = {}
  /** The maps that are open, outermost first. */
  const open: Level[] = [{ map: root, indent: 0, waiting: null }]
  let start = 0
  while (start < text.length) {
    let end = text.indexOf('\n', start)
    if (end < 0) end = text.length
    const line = text.slice(start, end)
    start = end + 1
    if (!readLine(line, open)) return null
  }
  return Object.keys(root).length > 0 ? root : null
}

type Level = {
  map: JsonMap
  indent: number
  /** A key without a value yet: null, unless a deeper line follows. */
  waiting: string | null
}

/** Deeper ones are left to the library, which refuses them in words. */
const MAX_LEVELS = 32

const LINE = /^( *)([A-Za-z0-9_][A-Za-z0-9_./-]*):(?: +(.*))?$/
const NOTHING = /^ *(?:#.*)?$/

function readLine(line: string, open: Level[]): boolean {
  if (NOTHING.test(line)) return true
  const match = LINE.exec(line)
  if (!match) return false
  const indent = match[1]!.length
  const key = match[2]!
  const level = levelAt(open, indent)
  // A key that YAML would not read as a text, or that is there already.
  if (!level || typeof readScalar(key) !== 'string' || Object.hasOwn(level.map, key)) return false
  if (key === '__proto__') return false

  const rest = withoutComment(match[3] ?? '')
  if (rest === null) return false
  if (rest === '') {
    level.map[key] = null
    level.waiting = key
    return true
  }
  const value = readFlow(rest)
  if (value === undefined) return false
  level.map[key] = value
  level.waiting = null
  return true
}

/** The open map that a line of this indentation belongs to, or null when it fits none. */
function levelAt(open: Level[], indent: number): Level | null {
  const inner = open.at(-1)!
  if (indent > inner.indent) {
    if (inner.waiting === null || open.length > MAX_LEVELS) return null
    const map: JsonMap = {}
    inner.map[inner.waiting] = map
    inner.waiting = null
    const level = { map, indent, waiting: null }
    open.push(level)
    return level
  }
  while (open.length > 1 && open.at(-1)!.indent > indent) open.pop()
  return open.at(-1)!.indent === indent ? open.at(-1)! : null
}

/** The value part of a line, or null where a `#` may or may not begin a comment. */
function withoutComment(rest: string): string | null {
  if (rest.startsWith('#')) return ''
  const hash = rest.indexOf(' #')
  if (hash < 0) return rest.trimEnd()
  const value = rest.slice(0, hash).trimEnd()
  return /["']/.test(value) && !/^(["'])[^"']*\1$/.test(value) ? null : value
}

import type { Json } from '../change'
import type { JsonMap } from '../json'

/**
 * One value as it stands behind a key on one line: a plain or quoted scalar, a `!secret`, or flow
 * collections of these. Undefined for anything that this does not read beyond doubt.
 */
export function readFlow(text: string): Json | undefined {
  const first = text.charCodeAt(0)
  if (first !== OPEN_MAP && first !== OPEN_LIST) return readScalar(text)
  const reader = new FlowReader(text)
  const value = reader.value()
  return reader.failed || !reader.atEnd() ? undefined : value
}

/** Deeper ones are left to the library, which refuses them in words. */
const MAX_FLOW_DEPTH = 16

const OPEN_MAP = 123
const OPEN_LIST = 91

/** Words as documents have them: no indicator may begin one, nothing in it may end one. */
const PLAIN = /^[A-Za-z0-9_/+.-](?:[^:#\\"'{}[\]&*!|>%@`\t]|:(?! |$)|(?<! )#)*$/
/** YAML 1.2 core: what is read as something other than a text. */
const NUMBER = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const INTEGER = /^(?:0|[1-9][0-9]{0,14})$/
const RESERVED =
  /^(?:true|True|TRUE|false|False|FALSE|null|Null|NULL|~|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|0[xo].*|---.*|\.\.\..*|-|- .*|\?.*)$/
const SECRET = /^!secret ([a-z0-9-]+)$/
const QUOTED = /^"([^"\\]*)"$|^'([^']*)'$/

/** A scalar on its own, or undefined. */
export function readScalar(text: string): Json | undefined {
  if (INTEGER.test(text)) return Number(text)
  if (text === 'true') return true
  if (text === 'false') return false
  const quoted = QUOTED.exec(text)
  if (quoted) return quoted[1] ?? quoted[2]!
  const secret = SECRET.exec(text)
  if (secret) return { $secret: secret[1]! }
  if (!PLAIN.test(text) || NUMBER.test(text) || RESERVED.test(text)) return undefined
  return text
}

class FlowReader {
  failed = false
  private at = 0
  private depth = 0

  constructor(private readonly text: string) {}

  atEnd = () => this.at === this.text.length

  value(): Json {
    const next = this.text[this.at]
    if (next !== '{' && next !== '[') return this.scalar()
    if (++this.depth > MAX_FLOW_DEPTH) return this.fail()
    const value = next === '{' ? this.map() : this.list()
    this.depth--
    return value
  }

  private map(): Json {
    const map: JsonMap = {}
    this.at++
    if (this.take('}')) return map
    do {
      this.spaces()
      const key = this.word(/[A-Za-z0-9_][A-Za-z0-9_./-]*/y)
      const isText = typeof readScalar(key) === 'string' && key !== '__proto__'
      if (!isText || Object.hasOwn(map, key) || !this.take(': ')) return this.fail()
      this.spaces()
      map[key] = this.value()
      this.spaces()
    } while (!this.failed && this.take(','))
    return this.take('}') ? map : this.fail()
  }

  private list(): Json {
    const list: Json[] = []
    this.at++
    if (this.take(']')) return list
    do {
      this.spaces()
      list.push(this.value())
      this.spaces()
    } while (!this.failed && this.take(','))
    return this.take(']') ? list : this.fail()
  }

  private scalar(): Json {
    const text = this.word(
      /"[^"\\]*"|'[^']*'|!secret [a-z0-9-]+|[^,[\]{}"'\s](?:[^,[\]{}"':#]|:(?=[^ ,[\]{}]))*/y,
    )
    const value = readScalar(text.trimEnd())
    return value === undefined ? this.fail() : value
  }

  private word(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const match = pattern.exec(this.text)?.[0] ?? ''
    this.at += match.length
    return match
  }

  private spaces() {
    while (this.text[this.at] === ' ') this.at++
  }

  private take(token: string): boolean {
    if (!this.text.startsWith(token, this.at)) return false
    this.at += token.length
    return true
  }

  private fail(): null {
    this.failed = true
    return null
  }
}

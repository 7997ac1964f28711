import { isAlias, isMap, isScalar, isSeq, type Pair, type Scalar, type YAMLMap } from 'yaml'
import type { Json } from '../change'
import type { PlacedFault } from './fault'
import { hiddenIn } from './hidden-characters'

/** Deeper than any chart's values; a text that nests further is an attack or an accident. */
export const MAX_DEPTH = 64

/**
 * The plain value of a syntax tree, with every fault that the value alone would hide: duplicate
 * keys, aliases, tags, numbers that JavaScript cannot hold. Linear in the text.
 */
export function readValue(node: unknown): { value: Json; faults: PlacedFault[] } {
  const reader = new Reader()
  const value = reader.read(node, [], 0)
  return { value, faults: reader.faults }
}

/** Whether digits were lost when the text became a number: neither its exact value nor how it is printed. */
const isRounded = (source: string | undefined, value: number): boolean =>
  source !== undefined &&
  Number.isFinite(value) &&
  !Number.isSafeInteger(value) &&
  /^[-+]?\d+$/.test(source) &&
  source.replace('+', '') !== String(value) &&
  BigInt(source.replace('+', '')) !== BigInt(value)

class Reader {
  readonly faults: PlacedFault[] = []

  read(node: unknown, path: readonly string[], offset: number): Json {
    if (node === null || node === undefined) return null
    if (path.length > MAX_DEPTH) {
      this.fault(
        'text.too-deep',
        offset,
        path.slice(0, 8),
        `The text nests deeper than ${MAX_DEPTH} levels - no document does. Flatten it.`,
      )
      return null
    }
    if (isScalar(node)) return this.scalar(node, path, offset)
    if (isMap(node)) return this.map(node, path)
    if (isSeq(node)) {
      const start = node.range?.[0] ?? offset
      return node.items.map((item, i) => this.read(item, [...path, String(i)], start))
    }
    if (isAlias(node)) {
      this.fault(
        'text.alias',
        node.range?.[0] ?? offset,
        path,
        `*${node.source} is an alias - one edit would change several objects unseen. Write the value out.`,
      )
    }
    return null
  }

  private scalar(node: Scalar, path: readonly string[], offset: number): Json {
    const { value } = node
    if (typeof value === 'number' && isRounded(node.source, value)) {
      this.fault(
        'text.number-too-large',
        node.range?.[0] ?? offset,
        path,
        `${node.source} has more digits than a number can hold - it would be changed. Put it in quotes.`,
      )
    }
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.fault(
        'text.not-a-number',
        node.range?.[0] ?? offset,
        path,
        `${node.source} is no number that JSON knows. Put it in quotes.`,
      )
      return null
    }
    if (typeof value === 'string') this.mustBeSeen(value, path, node.range?.[0] ?? offset)
    return value as Json
  }

  private map(node: YAMLMap, path: readonly string[]): Json {
    const value: { [key: string]: Json } = {}
    for (const pair of node.items as Pair<Scalar, unknown>[]) {
      const key = String(pair.key.value)
      const offset = pair.key.range?.[0] ?? 0
      const inner = [...path, key]
      this.mustBeSeen(key, path, offset)
      if (key === '__proto__') {
        this.fault(
          'text.unsafe-key',
          offset,
          inner,
          '__proto__ is no key - JavaScript gives it a meaning of its own. Rename it.',
        )
      } else if (Object.hasOwn(value, key)) {
        this.fault(
          'text.duplicate-key',
          offset,
          inner,
          `${key} is written twice here - only one can count. Remove or rename one.`,
        )
      } else {
        value[key] = this.read(pair.value, inner, offset)
      }
    }
    return value
  }

  /** An escape in quotes shows what it stands for; its value would not. */
  private mustBeSeen(value: string, path: readonly string[], offset: number) {
    const hidden = hiddenIn(value)
    if (hidden !== null) this.fault('text.hidden-character', offset, path, hidden)
  }

  private fault(code: string, offset: number, path: readonly string[], message: string) {
    this.faults.push({ code, offset, path, message })
  }
}

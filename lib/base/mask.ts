import { formsOf, SHORTEST_VALUE } from './mask-forms'
import { MASK, maskPatterns } from './mask-patterns'

/** The values that must not be seen, in every form in which tools print them (mask-forms.ts). */
export class KnownSecrets {
  /** By the first four characters; the longest form first. */
  readonly #forms = new Map<string, string[]>()

  /** Adds one value. Values of under four characters are ignored. */
  add(value: string): void {
    for (const form of formsOf(value)) {
      const key = form.slice(0, SHORTEST_VALUE)
      const held = this.#forms.get(key) ?? []
      if (held.includes(form)) continue
      this.#forms.set(
        key,
        [...held, form].toSorted((a, b) => b.length - a.length),
      )
    }
  }

  /**
   * Whether a text holds a known value, or ends with at least the first six characters of one: what is
   * cut into pieces goes on in the next.
   */
  touches(text: string): boolean {
    if (this.replaceIn(text) !== text) return true
    for (let i = Math.max(0, text.length - LONGEST_TAIL); i + SHORTEST_TAIL <= text.length; i++) {
      const rest = text.slice(i)
      const candidates = this.#forms.get(rest.slice(0, SHORTEST_VALUE))
      if (candidates?.some((form) => form.startsWith(rest))) return true
    }
    return false
  }

  /** The text with every known form replaced. Linear in the text, whatever the number of secrets. */
  replaceIn(text: string): string {
    if (this.#forms.size === 0) return text
    let out = ''
    let kept = 0
    for (let i = 0; i + SHORTEST_VALUE <= text.length; i++) {
      const candidates = this.#forms.get(text.slice(i, i + SHORTEST_VALUE))
      const found = candidates?.find((form) => text.startsWith(form, i))
      if (!found) continue
      out += text.slice(kept, i) + MASK
      kept = i + found.length
      i = kept - 1
    }
    return out + text.slice(kept)
  }
}

/** How much of a piece's end is looked at, and the least of a value that counts, in characters. */
const LONGEST_TAIL = 4096
const SHORTEST_TAIL = 6

/**
 * A line that is base64 and nothing else, of a length that can be read by itself: what a tool breaks
 * into lines of 76, 64 or 60 characters begins each at a whole byte.
 */
const BASE64_LINE = /^[\s|>]*([A-Za-z0-9+/]{38,128}={0,2})\s*$/

const BEGIN = /-----BEGIN (?:[A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?|AGE ENCRYPTED FILE)-----/
const END = /-----END (?:[A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?|AGE ENCRYPTED FILE)-----/
/** A field whose value is a secret and stands in the lines below it, indented (YAML block scalars). */
const BLOCK_FOLLOWS =
  /^(\s*(?:- )?)["']?[\w.-]{0,64}(?:pass(?:word|wd|phrase)|secret|token|api[-_]?key|private[-_]?key)["']?:\s*[|>][-+0-9]*\s*$/i
/** A block that never ends, because its output was cut, ends here. */
const LONGEST_BLOCK = 300

/** What a terminal does with text between its letters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const ESCAPES = /\u001b\[[0-9;?]*[A-Za-z]/g

const KEY_FOLLOWS = /certificate[- ]key:?\s*$/i

/** A key whose end never comes, because its output was cut, ends here: RSA with 16,384 bits has 200 lines. */
const LONGEST_KEY = 300

/**
 * A reader cuts a line without end after so many characters (lib/ssh/lines.ts). What a secret at the
 * cut would leave of itself on either side is left out: as much as the longest form of a value.
 */
export const CUT_AT = 4 * 2 ** 20
export const LEFT_OUT = 256 * 2 ** 10
const CUT_MARK = ' [left out where an endless line was cut] '

/**
 * Masks one stream of whole lines (of one step: interleaved streams need a masker each), because a
 * private key goes over lines and `kubeadm init phase upload-certs` prints its key on the line after
 * its name. Known values are masked wherever they stand, patterns whether known or not.
 */
export class LineMasker {
  /** Lines of the private key that we are in; null outside one. */
  #inKey: number | null = null
  #keyFollows = false
  #wasCut = false
  /** The block of a secret field that we are in: its field's indentation and its lines so far. */
  /** The end of what the lines of base64 before this one said. */
  #said = ''
  #block: { indent: number; lines: number } | null = null

  constructor(private readonly known: KnownSecrets) {}

  /** The line without its secrets. */
  mask(line: string): string {
    const before = this.#wasCut
    this.#wasCut = line.length === CUT_AT
    const masked = this.#maskWhole(line)
    const from = before ? LEFT_OUT : 0
    const kept = this.#wasCut ? masked.slice(from, -LEFT_OUT) + CUT_MARK : masked.slice(from)
    return before ? CUT_MARK + kept : kept
  }

  #maskWhole(line: string): string {
    const keyFollows = this.#keyFollows
    this.#keyFollows = KEY_FOLLOWS.test(line)
    if (this.#inKey !== null) return this.#insideKey(line, this.#inKey)
    if (this.#insideBlock(line)) return `${/^\s*/.exec(line)?.[0]}${MASK}`
    if (this.#saysKnown(line)) return `${/^\s*/.exec(line)?.[0]}${MASK}`
    const begin = line.includes('-----') ? BEGIN.exec(line) : null
    if (begin) return this.#atKey(line, begin.index + begin[0].length)
    const plain = keyFollows ? line.replace(/\b[0-9a-f]{64}\b/, MASK) : line
    const masked = maskPatterns(this.known.replaceIn(plain))
    if (!line.includes('\u001b')) return masked
    // Colours in the middle of a value would hide it from us and from nobody else.
    const bare = plain.replaceAll(ESCAPES, '')
    const bareMasked = maskPatterns(this.known.replaceIn(bare))
    return bareMasked === bare ? masked : bareMasked
  }

  /** Whether this line of base64, with those before it, tells a known value or a part of one. */
  #saysKnown(line: string): boolean {
    const text = BASE64_LINE.exec(line)?.[1]
    if (text === undefined || text.length % 4 !== 0) {
      // The last line of a block may be short.
      const end = this.#said !== '' && /^\s*[A-Za-z0-9+/]{1,128}={0,2}\s*$/.test(line)
      if (!end) this.#said = ''
      return end && this.#hears(line.trim())
    }
    return this.#hears(text)
  }

  #hears(encoded: string): boolean {
    const said = this.#said + decoded(encoded)
    const open = this.known.replaceIn(said)
    // What comes after a whole value is not of it.
    this.#said = open
      .slice(open === said ? 0 : open.lastIndexOf(MASK) + MASK.length)
      .slice(-LONGEST_TAIL)
    return this.known.touches(said)
  }

  /** Whether this line is of the value of the secret field above it; an empty line may be. */
  #insideBlock(line: string): boolean {
    const head = BLOCK_FOLLOWS.exec(line)
    const block = this.#block
    const indent = line.search(/\S/)
    const inside = block !== null && indent > block.indent && block.lines < LONGEST_BLOCK
    if (inside) block.lines++
    else if (block !== null && indent >= 0) this.#block = null
    if (!inside && head) this.#block = { indent: head[1]?.length ?? 0, lines: 0 }
    return inside
  }

  #atKey(line: string, from: number): string {
    const head = maskPatterns(this.known.replaceIn(line.slice(0, from)))
    const rest = line.slice(from)
    const end = END.exec(rest)
    this.#inKey = end === null ? 0 : null
    return `${head}${MASK}${end ? this.#maskWhole(rest.slice(end.index + end[0].length)) : ''}`
  }

  #insideKey(line: string, lines: number): string {
    const end = END.exec(line)
    if (!end) {
      this.#inKey = lines < LONGEST_KEY ? lines + 1 : null
      return MASK
    }
    this.#inKey = null
    return `${MASK}${end[0]}${this.#maskWhole(line.slice(end.index + end[0].length))}`
  }
}

/** What a piece of base64 says, as far as it is text. */
function decoded(encoded: string): string {
  const bytes = Uint8Array.from(atob(encoded.slice(0, encoded.length & ~3)), (c) => c.charCodeAt(0))
  return new TextDecoder().decode(bytes)
}

/** One text that stands alone (a message, a body), line by line. */
export function maskText(known: KnownSecrets, text: string): string {
  const masker = new LineMasker(known)
  return text
    .split('\n')
    .map((line) => masker.mask(line))
    .join('\n')
}

/** A failure as it may be stored and shown: its message masked, its code as it is. Null stays null. */
export const maskFailure = (
  known: KnownSecrets,
  failure: { code: string; message: string } | null,
): { code: string; message: string } | null =>
  failure && { code: failure.code, message: maskText(known, failure.message) }

/** The same value, masked wherever a `reason` or `message` quotes what a machine said. */
export function maskReasons<T>(known: KnownSecrets, value: T): T {
  const mask = (node: unknown, key: string): unknown => {
    if (typeof node === 'string')
      return key === 'reason' || key === 'message' ? maskText(known, node) : node
    if (Array.isArray(node)) return node.map((each) => mask(each, key))
    if (typeof node !== 'object' || node === null || node instanceof Error) return node
    return Object.fromEntries(
      Object.entries(node).map(([each, inner]) => [each, mask(inner, each)]),
    )
  }
  return mask(value, '') as T
}

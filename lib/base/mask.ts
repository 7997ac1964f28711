/** What stands where a secret was. */
const MASK = '[secret]'

/** Shorter values would blacken ordinary words; shorter pieces of a longer value tell nothing. */
const SHORTEST_VALUE = 4
const SHORTEST_PIECE = 8

/**
 * The values that must not be seen, in every form in which tools print them: as they are, each line
 * of a longer one, base64 (also in the middle of a longer blob), URL-encoded, escaped as JSON.
 */
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

function formsOf(value: string): string[] {
  if (value.length < SHORTEST_VALUE) return []
  const pieces = value
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => !line.startsWith('-----'))
  const wholes = pieces.length === 1 ? [value, value.trim()] : pieces.flatMap(secretPieces)
  return [
    ...wholes,
    ...base64Forms(value),
    encodeURIComponent(value),
    encodeURIComponent(value).replaceAll('%20', '+'),
    JSON.stringify(value).slice(1, -1),
  ].filter((form) => form.length >= SHORTEST_VALUE)
}

/**
 * What of one line of a longer value must not be seen. A kubeconfig's `clusters:` and `kind: Config`
 * are words like any other; what stands behind a colon there is a secret if it looks like data.
 */
function secretPieces(line: string): string[] {
  const field = /^(?:- )?[\w.-]+:(?:\s+(.*))?$/.exec(line)
  if (!field) return longEnough(line) ? [line] : []
  const data = field[1]?.replace(/^(["'])(.*)\1$/, '$2') ?? ''
  return /^[\w+/=.~-]{20,}$/.test(data) && !/^[a-z.-]+$/i.test(data) ? [data] : []
}

const longEnough = (piece: string) => piece.length >= SHORTEST_PIECE

/**
 * Base64 of the value at each of the three alignments it can have inside a longer text, without the
 * characters that depend on its neighbours; in both alphabets.
 */
function base64Forms(value: string): string[] {
  const bytes = new TextEncoder().encode(value)
  return [0, 1, 2].flatMap((shift) => {
    const shifted = new Uint8Array(shift + bytes.length)
    shifted.set(bytes, shift)
    const encoded = btoa(String.fromCharCode(...shifted))
    const own = encoded.slice(
      Math.ceil((shift * 8) / 6),
      Math.floor(((shift + bytes.length) * 8) / 6),
    )
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')].filter(longEnough)
  })
}

/** What looks like a secret whoever made it. `$1` is kept: it says what was there. */
const PATTERNS: readonly [RegExp, string][] = [
  // PVE's API token header, tickets and the token that goes with them.
  [/(PVEAPIToken=[^=\s]+=)[^\s'",;]+/g, `$1${MASK}`],
  [/(PVEAuthCookie=|CSRFPreventionToken["']?\s*[:=]\s*["']?)[^\s'",;]+/g, `$1${MASK}`],
  // kubeadm's bootstrap token and the key that control-plane certificates are uploaded under.
  [/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, MASK],
  [/(certificate-?key["']?[\s:=]+["']?)[0-9a-f]{64}\b/gi, `$1${MASK}`],
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+/g, MASK],
  [/\bAGE-SECRET-KEY-1[0-9A-Z]+/g, MASK],
  [/((?:Bearer|Basic)\s+)[\w.~+/=-]{8,}/g, `$1${MASK}`],
  [/(client-key-data["']?\s*:\s*["']?)[\w+/=]+/g, `$1${MASK}`],
  [/(:\/\/[^/\s:@]+:)[^@\s/]+(?=@)/g, `$1${MASK}`],
  [/(--(?:token|password|passphrase)[\s=]+)[^\s'"]+/g, `$1${MASK}`],
  [
    /((?:password|passwd|passphrase|secret|token|api[-_]?key|private[-_]?key)["']?\s*[:=]\s*["']?)(?!\[secret\])[^\s'",;]+/gi,
    `$1${MASK}`,
  ],
]

const BEGIN = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/
const END = /-----END [A-Z0-9 ]*PRIVATE KEY-----/
const KEY_FOLLOWS = /certificate[- ]key:?\s*$/i

/**
 * Masks one stream of whole lines (of one step: interleaved streams need a masker each), because a
 * private key goes over lines and `kubeadm init phase upload-certs` prints its key on the line after
 * its name. Known values are masked wherever they stand, patterns whether known or not.
 */
export class LineMasker {
  #inKey = false
  #keyFollows = false

  constructor(private readonly known: KnownSecrets) {}

  /** The line without its secrets. */
  mask(line: string): string {
    const keyFollows = this.#keyFollows
    this.#keyFollows = KEY_FOLLOWS.test(line)
    if (this.#inKey) return this.#insideKey(line)
    const begin = BEGIN.exec(line)
    if (begin) return this.#atKey(line, begin.index + begin[0].length)
    const plain = keyFollows ? line.replace(/\b[0-9a-f]{64}\b/, MASK) : line
    return maskPatterns(this.known.replaceIn(plain))
  }

  #atKey(line: string, from: number): string {
    const head = maskPatterns(this.known.replaceIn(line.slice(0, from)))
    const rest = line.slice(from)
    const end = END.exec(rest)
    this.#inKey = end === null
    return `${head}${MASK}${end ? this.mask(rest.slice(end.index + end[0].length)) : ''}`
  }

  #insideKey(line: string): string {
    const end = END.exec(line)
    if (!end) return MASK
    this.#inKey = false
    return `${MASK}${end[0]}${this.mask(line.slice(end.index + end[0].length))}`
  }
}

function maskPatterns(text: string): string {
  return PATTERNS.reduce((masked, [pattern, by]) => masked.replace(pattern, by), text)
}

/** One text that stands alone (a message, a body), line by line. */
export function maskText(known: KnownSecrets, text: string): string {
  const masker = new LineMasker(known)
  return text
    .split('\n')
    .map((line) => masker.mask(line))
    .join('\n')
}

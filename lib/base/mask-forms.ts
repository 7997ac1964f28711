/** Shorter values would blacken ordinary words; shorter pieces of a longer value tell nothing. */
export const SHORTEST_VALUE = 4
const SHORTEST_PIECE = 8

/** Columns at which tools break long texts: base64, PEM, `xxd -p`. */
const WIDTHS = [76, 64, 60] as const

/**
 * A value in every form in which tools print it: as it is, each line of a longer one, base64 (also in
 * the middle of a longer text, in both alphabets, broken into lines), hexadecimal, percent-encoded,
 * escaped for JSON (once and twice, as Go does too), XML and a POSIX shell (in quotes and sign by
 * sign). Nothing of under four characters.
 */
export function formsOf(value: string): string[] {
  if (value.length < SHORTEST_VALUE) return []
  const wholes = textForms(value)
  const encoded = [...base64Forms(value), ...hexForms(value)].filter(longEnough)
  return [...new Set([...wholes, ...encoded])].filter((form) => form.length >= SHORTEST_VALUE)
}

function textForms(value: string): string[] {
  const pieces = value
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => !line.startsWith('-----'))
  const plain = pieces.length === 1 ? [value, value.trim()] : pieces.flatMap(secretPieces)
  const json = JSON.stringify(value).slice(1, -1)
  return [
    ...plain,
    ...percentForms(value),
    json,
    JSON.stringify(json).slice(1, -1),
    asciiJson(json),
    goJson(json),
    JSON.stringify(goJson(json)).slice(1, -1),
    xml(value),
    goHtml(value),
    value.replaceAll(/[^\w@%+=:,./-]/g, '\\$&'),
    value.replaceAll("'", `'\\''`),
  ]
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

/** Percent-encoded: what must be, what RFC 3986 keeps, every byte; with both kinds of digits. */
function percentForms(value: string): string[] {
  // Half a character, as at the end of a text that was cut, has no encoding.
  if (!value.isWellFormed()) return []
  const must = encodeURIComponent(value)
  const strict = must.replaceAll(/[!'()*]/g, (c) => `%${hex([c.charCodeAt(0)]).toUpperCase()}`)
  const all = hex(new TextEncoder().encode(value)).replaceAll(/../g, '%$&')
  return [must, strict, all.toUpperCase()].flatMap((form) => [
    form,
    form.replaceAll(/%../g, (digits) => digits.toLowerCase()),
    form.replaceAll('%20', '+'),
  ])
}

const asciiJson = (json: string) =>
  json.replaceAll(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Go's own encoder, which kubectl, Helm and most of this field are written with (encoding/json). */
const goJson = (json: string) =>
  json.replaceAll(
    /[&<>\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** Go's html/template. */
const goHtml = (value: string) =>
  xml(value).replaceAll('&quot;', '&#34;').replaceAll('+', '&#43;').replaceAll('`', '&#96;')

const XML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const xml = (value: string) =>
  value.replaceAll(/[&<>"]/g, (c) => XML[c] ?? c).replaceAll("'", '&#39;')

const hex = (bytes: Iterable<number>): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

function hexForms(value: string): string[] {
  const bytes = new TextEncoder().encode(value)
  const digits = hex(bytes)
  const colons = digits.replaceAll(/..(?=.)/g, '$&:')
  return [digits, colons].flatMap((form) => [
    ...[form, form.toUpperCase()],
    ...(form === digits ? broken(digits) : []),
  ])
}

/**
 * Base64 of the value at each of the three alignments it can have inside a longer text, without the
 * characters that depend on its neighbours; in both alphabets; and broken into lines.
 */
function base64Forms(value: string): string[] {
  const bytes = new TextEncoder().encode(value)
  return [0, 1, 2].flatMap((shift) => {
    const shifted = new Uint8Array(shift + bytes.length)
    shifted.set(bytes, shift)
    const encoded = base64(shifted)
    const own = encoded.slice(
      Math.ceil((shift * 8) / 6),
      Math.floor(((shift + bytes.length) * 8) / 6),
    )
    const safe = own.replaceAll('+', '-').replaceAll('/', '_')
    return [own, safe, ...(shift === 0 ? broken(own) : [])]
  })
}

/** A chunk at a time: the arguments of one call are limited, and a value may be long. */
function base64(bytes: Uint8Array): string {
  let binary = ''
  for (let i = 0; i < bytes.length; i += 8192)
    binary += String.fromCharCode(...bytes.subarray(i, i + 8192))
  return btoa(binary)
}

const broken = (text: string): string[] =>
  WIDTHS.filter((width) => text.length > width).flatMap(
    (width) => text.match(new RegExp(`.{1,${width}}`, 'g')) ?? [],
  )

import type { PlacedFault } from './fault'

/**
 * Characters that nobody sees and that change what a text seems to say: controls but tab and line
 * ends, marks that turn the direction of what follows ("Trojan Source", CVE-2021-42574), line ends
 * that only some programs know, a byte order mark in the middle, halves of a surrogate pair.
 */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]|\r(?!\n)|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** More are not told: a text in another encoding has one at every other place. */
const MOST = 20

/** Every hidden character of a text by its place, at most 20. A byte order mark in front is none. */
export function hiddenCharacters(text: string): PlacedFault[] {
  const faults: PlacedFault[] = []
  for (const { index, 0: found } of text.matchAll(HIDDEN)) {
    if (index === 0 && found === '\ufeff') continue
    faults.push({
      code: 'text.hidden-character',
      offset: index,
      path: [],
      message: sentence(found),
    })
    if (faults.length === MOST) break
  }
  return faults
}

/** Whether a value holds one, as through an escape in quotes; names it, or null. */
export function hiddenIn(value: string): string | null {
  const found = value.match(HIDDEN)?.[0]
  return found === undefined ? null : sentence(found)
}

/** The text with each hidden character as what it is, `<U+202E>`: for what is kept as it came. */
export const showHidden = (text: string): string =>
  text.replace(HIDDEN, (found) => `<${codeOf(found)}>`)

const codeOf = (found: string): string =>
  `U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`

const KINDS: readonly (readonly [RegExp, string])[] = [
  [
    /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/,
    'it turns the direction of the text, so that it reads otherwise than it counts',
  ],
  [/[\ud800-\udfff]/, 'it is half of a character, as in a text that is not UTF-8'],
  [/[\u2028\u2029\r\u0085]/, 'some programs end the line there and others do not'],
  [/\ufeff/, 'it belongs in front of a text only'],
]

function sentence(found: string): string {
  const code = codeOf(found)
  const why =
    KINDS.find(([kind]) => kind.test(found))?.[1] ?? 'it is a control character that nobody sees'
  return `Here is the hidden character ${code} - ${why} - delete it.`
}

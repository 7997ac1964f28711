/** A stretch of text in one look. Classes are the theme's, so that colours keep their contrast. */
export type AnsiSpan = { text: string; className: string }

type Look = { colour: string; bold: boolean; dim: boolean; italic: boolean; underline: boolean }
const PLAIN: Look = { colour: '', bold: false, dim: false, italic: false, underline: false }

/** The eight colours and their bright twins, as the theme has them; black would vanish. */
const COLOURS = [
  'text-ink-3',
  'text-fail',
  'text-ok',
  'text-warn',
  'text-work',
  'text-replace',
  'text-net-2',
  'text-ink-1',
] as const

// CSI sequences, OSC strings (titles, links) and lone escapes, as ECMA-48 writes them; an SGR
// (colours) keeps its parameters in group 1. Other control characters go as well, the tab stays; so
// do those that turn the direction of writing, by which a line could show another text than it has.
const ESCAPES = new RegExp(
  [
    '\\u001b\\[([\\d;:]*)m',
    '\\u001b\\[[0-?]*[ -/]*[@-~]',
    '\\u001b\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)?',
    '\\u001b[@-Z\\\\-_]?',
    '[\\u0000-\\u0008\\u000b-\\u001a\\u001c-\\u001f\\u007f-\\u009f]',
    '[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]',
  ].join('|'),
  'g',
)

/** The text alone, as it is copied and searched. */
export const stripAnsi = (text: string): string => text.replaceAll(ESCAPES, '')

/**
 * A log line in spans. Never HTML: what a machine printed can only ever become text. Colours of the
 * 256 and true-colour palettes are left out, since nobody can vouch for their contrast.
 */
export function parseAnsi(text: string): AnsiSpan[] {
  const spans: AnsiSpan[] = []
  let look = PLAIN
  let from = 0
  const push = (to: number) => {
    if (to <= from) return
    const part = text.slice(from, to)
    const className = classOf(look)
    const last = spans.at(-1)
    if (last?.className === className) last.text += part
    else spans.push({ text: part, className })
  }
  for (const match of text.matchAll(ESCAPES)) {
    push(match.index)
    from = match.index + match[0].length
    if (match[1] !== undefined) look = applySgr(look, match[1])
  }
  push(text.length)
  return spans
}

/** ECMA-48 8.3.117, the parameters that terminals agree on. */
function applySgr(look: Look, parameters: string): Look {
  const codes = parameters.split(/[;:]/).map(Number)
  let next = look
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0
    if (code === 0) next = PLAIN
    else if (code === 1) next = { ...next, bold: true }
    else if (code === 2) next = { ...next, dim: true }
    else if (code === 3) next = { ...next, italic: true }
    else if (code === 4) next = { ...next, underline: true }
    else if (code === 22) next = { ...next, bold: false, dim: false }
    else if (code === 23) next = { ...next, italic: false }
    else if (code === 24) next = { ...next, underline: false }
    else if (code >= 30 && code <= 37) next = { ...next, colour: COLOURS[code - 30] ?? '' }
    else if (code >= 90 && code <= 97) next = { ...next, colour: COLOURS[code - 90] ?? '' }
    else if (code === 39) next = { ...next, colour: '' }
    else if (code === 38 || code === 48) i += codes[i + 1] === 2 ? 4 : 2
  }
  return next
}

const classOf = (look: Look): string =>
  [
    look.dim ? 'text-ink-3' : look.colour,
    look.bold ? 'font-semibold' : '',
    look.italic ? 'italic' : '',
    look.underline ? 'underline' : '',
  ]
    .filter(Boolean)
    .join(' ')

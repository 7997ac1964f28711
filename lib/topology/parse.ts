import { type Document, LineCounter, type Node } from 'yaml'
import { MAX_TEXT_BYTES } from '@/lib/base/text-limit'
import { nestsDeeper } from '@/lib/base/yaml-nesting'
import type { Json } from './change'
import type { Fault, PlacedFault } from './parse/fault'
import { hiddenCharacters } from './parse/hidden-characters'
import { locate, PairIndex } from './parse/locate'
import { readPlain } from './parse/read-plain'
import { MAX_DEPTH, readValue } from './parse/read-value'
import { type SchemaFault, schemaFaults } from './parse/schema-faults'
import { readDocument } from './text/yaml-document'
import { Topology } from './topology'
import { upgrade } from './upgrade'

export type { Fault }

/** A topology with the text that it was read from, or every fault of the text at once. */
export type ParseResult =
  | { ok: true; topology: Topology; text: string }
  | { ok: false; faults: Fault[] }

/**
 * Reads a document. Faults of the syntax come alone, because what follows a broken line means
 * nothing; faults of the schema come all together, in the order of the text.
 *
 * Carries zod and yaml: for the server and the editor.
 */
export function parseTopology(text: string): ParseResult {
  const bytes = utf8Length(text)
  if (bytes > MAX_TEXT_BYTES) {
    const mib = (bytes / 1024 / 1024).toFixed(1)
    return refused(
      'text.too-large',
      `The text has ${mib} MiB - at most ${MAX_TEXT_BYTES / 1024 / 1024} are read. Split it.`,
    )
  }
  const hidden = hiddenCharacters(text)
  if (hidden.length > 0) return { ok: false, faults: withLines(hidden, linesOf(text)) }
  const plain = readPlain(text)
  if (plain) {
    const checked = checkTopology(plain)
    if (checked.ok) return { ok: true, topology: checked.topology, text }
  }
  return parseSlowly(text)
}

/** With the syntax tree, which knows where everything stands. */
function parseSlowly(text: string): ParseResult {
  const crowded = tooCrowded(text)
  if (crowded !== null) return crowded
  const read = readNested(text.replaceAll('\r\n', '\n'))
  if (read === null) return tooDeep()
  const { document, lines } = read
  const broken = syntaxFaults(document)
  if (broken.length > 0) return { ok: false, faults: withLines(broken, lines) }

  const { value, faults } = readValue(document.contents)
  if (faults.length > 0) return { ok: false, faults: withLines(faults, lines) }

  const checked = checkTopology(value)
  if (checked.ok) return { ok: true, topology: checked.topology, text }
  const index = new PairIndex()
  const placed = checked.faults.map((fault) => place(fault, document.contents, index))
  return { ok: false, faults: withLines(placed, lines) }
}

/** The same check without a text: for values that were put together in memory or over HTTP. */
export function checkTopology(
  value: Json,
): { ok: true; topology: Topology } | { ok: false; faults: SchemaFault[] } {
  const lifted = upgrade(value)
  if (!lifted.ok) {
    const fault = { code: 'document.version', path: ['drawbridge'], part: 'value' } as const
    return { ok: false, faults: [{ ...fault, path: [...fault.path], message: lifted.message }] }
  }
  const result = Topology.safeParse(lifted.value)
  if (result.success) return { ok: true, topology: result.data }
  return { ok: false, faults: schemaFaults(result.error.issues, lifted.value) }
}

/**
 * The library's syntax tree takes some hundred bytes a node, and its reader a frame of the stack a
 * level. Both are bounded by what can be counted without reading: separators, and what opens a level.
 * A separator costs about 8 µs (2026-11-24), and the plain form (read-plain.ts) is not held to this;
 * 10,000 VMs have some 200,000.
 */
const MAX_SEPARATORS = 250_000
/** Of quotes and colons, which JSON has many of. */
const MAX_MARKS = 1_200_000
/** More faults help nobody, and each of a broken text's may be told. */
const MOST_FAULTS = 1000
const MAX_OPEN = 500

function tooCrowded(text: string): ParseResult | null {
  let separators = 0
  let marks = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (SEPARATORS.has(code)) separators++
    else if (MARKS.has(code)) marks++
  }
  if (separators <= MAX_SEPARATORS && marks <= MAX_MARKS)
    return nestsDeeper(text, MAX_OPEN) ? tooDeep() : null
  return refused(
    'text.too-many',
    `The text has ${separators.toLocaleString('en')} lines and items and ${marks.toLocaleString('en')} quotes and colons - at most ${MAX_SEPARATORS.toLocaleString('en')} and ${MAX_MARKS.toLocaleString('en')} are read of what is not written plainly, one field a line - split it.`,
  )
}

const codes = (characters: string) => new Set([...characters].map((one) => one.charCodeAt(0)))
const SEPARATORS = codes('\n,&![{')
const MARKS = codes('":\'')

/** The syntax tree; null where the text nests deeper than the reader's stack. */
function readNested(text: string): ReturnType<typeof readDocument> | null {
  try {
    return readDocument(text)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

const tooDeep = (): ParseResult =>
  refused(
    'text.too-deep',
    `The text nests deeper than ${MAX_DEPTH} levels - no document does - flatten it.`,
  )

/** Length as UTF-8, counted only where it could matter: one character is at most three bytes a unit. */
const utf8Length = (text: string): number =>
  text.length > MAX_TEXT_BYTES || text.length * 3 <= MAX_TEXT_BYTES
    ? text.length
    : new TextEncoder().encode(text).length

/** Where the lines of a text begin, without reading it. */
function linesOf(text: string): LineCounter {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1))
    lines.addNewLine(at + 1)
  return lines
}

function syntaxFaults(document: Document.Parsed): PlacedFault[] {
  const wrong = [...document.errors, ...document.warnings].map((error) => ({
    code: 'text.syntax',
    offset: error.pos[0],
    path: [],
    message: `${error.message.replace(/\.?$/, '')} - the text is no valid YAML here.`,
  }))
  if (wrong.length > 0) return wrong
  if (document.directives.yaml.explicit) {
    return [
      {
        code: 'text.directive',
        offset: 0,
        path: [],
        message:
          'A %YAML directive changes what words mean - documents are YAML 1.2. Remove the line.',
      },
    ]
  }
  return []
}

const place = (
  { part, ...fault }: SchemaFault,
  root: Node | null,
  index: PairIndex,
): PlacedFault => ({ ...fault, offset: locate(root, fault.path, part, index) })

function withLines(faults: PlacedFault[], lines: LineCounter): Fault[] {
  return faults
    .toSorted((a, b) => a.offset - b.offset)
    .slice(0, MOST_FAULTS)
    .map(({ offset, ...fault }) => {
      const { line, col } = lines.linePos(offset)
      return { ...fault, line: Math.max(line, 1), column: Math.max(col, 1) }
    })
}

const refused = (code: string, message: string): ParseResult => ({
  ok: false,
  faults: [{ code, line: 1, column: 1, path: [], message }],
})

import type { Document, LineCounter, Node } from 'yaml'
import type { Json } from './change'
import type { Fault, PlacedFault } from './parse/fault'
import { locate } from './parse/locate'
import { readPlain } from './parse/read-plain'
import { readValue } from './parse/read-value'
import { type SchemaFault, schemaFaults } from './parse/schema-faults'
import { readDocument } from './text/yaml-document'
import { Topology } from './topology'
import { upgrade } from './upgrade'

export type { Fault }

/** Longer texts are refused before they are read. About 12,000 VMs fit. */
export const MAX_TEXT_BYTES = 8 * 1024 * 1024

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
  if (text.length > MAX_TEXT_BYTES) {
    const mib = (text.length / 1024 / 1024).toFixed(1)
    return refused(
      'text.too-large',
      `The text has ${mib} MiB - at most ${MAX_TEXT_BYTES / 1024 / 1024} are read. Split it.`,
    )
  }
  const plain = readPlain(text)
  if (plain) {
    const checked = checkTopology(plain)
    if (checked.ok) return { ok: true, topology: checked.topology, text }
  }
  return parseSlowly(text)
}

/** With the syntax tree, which knows where everything stands. */
function parseSlowly(text: string): ParseResult {
  const { document, lines } = readDocument(text.replaceAll('\r\n', '\n'))
  const broken = syntaxFaults(document)
  if (broken.length > 0) return { ok: false, faults: withLines(broken, lines) }

  const { value, faults } = readValue(document.contents)
  if (faults.length > 0) return { ok: false, faults: withLines(faults, lines) }

  const checked = checkTopology(value)
  if (checked.ok) return { ok: true, topology: checked.topology, text }
  return {
    ok: false,
    faults: withLines(
      checked.faults.map((fault) => place(fault, document.contents)),
      lines,
    ),
  }
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

const place = ({ part, ...fault }: SchemaFault, root: Node | null): PlacedFault => ({
  ...fault,
  offset: locate(root, fault.path, part),
})

function withLines(faults: PlacedFault[], lines: LineCounter): Fault[] {
  return faults
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ offset, ...fault }) => {
      const { line, col } = lines.linePos(offset)
      return { ...fault, line: Math.max(line, 1), column: Math.max(col, 1) }
    })
}

const refused = (code: string, message: string): ParseResult => ({
  ok: false,
  faults: [{ code, line: 1, column: 1, path: [], message }],
})

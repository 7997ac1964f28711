import {
  type Document,
  LineCounter,
  parseDocument,
  type ScalarTag,
  type ToStringOptions,
} from 'yaml'
import { isSecretRef } from '../json'

/** `!secret name` in the text is `{$secret: name}` in the value. */
const secretTag: ScalarTag = {
  tag: '!secret',
  resolve: (name) => ({ $secret: name }),
  identify: isSecretRef,
  stringify: ({ value }) => (value as { $secret: string }).$secret,
}

/** YAML 1.2 core with strings as keys; duplicate keys are looked for by `parse`, in linear time. */
export const YAML_OPTIONS = {
  version: '1.2',
  schema: 'core',
  stringKeys: true,
  uniqueKeys: false,
  merge: false,
  resolveKnownTags: false,
  prettyErrors: false,
  strict: true,
  customTags: [secretTag],
} as const

/** How documents are written: nothing is folded, so that a line of a comment or a key stays one. */
export const STRING_OPTIONS: ToStringOptions = {
  lineWidth: 0,
  indent: 2,
  flowCollectionPadding: false,
}

/** The text as a syntax tree with comments and places. Faults are in its `errors` and `warnings`. */
export function readDocument(text: string): { document: Document.Parsed; lines: LineCounter } {
  const lines = new LineCounter()
  const document = untraced(() =>
    parseDocument(text, {
      ...YAML_OPTIONS,
      customTags: [...YAML_OPTIONS.customTags],
      lineCounter: lines,
    }),
  )
  return { document, lines }
}

/**
 * Runs `work` without stack traces: the library makes an Error of every fault of a text, and to trace
 * a hundred thousand of them takes longer than all else.
 */
function untraced<T>(work: () => T): T {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return work()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** Why a text is not a document: one thing, at its place. Lines and columns count from 1. */
export type Fault = {
  /** Stable name, such as `text.duplicate-key` or `schema.unknown-field`. */
  code: string
  line: number
  column: number
  /** Path into the document, as far as it was understood. */
  path: readonly string[]
  /** What is wrong, why, and what to write instead. */
  message: string
}

/** A fault that knows where in the text it is, by offset. */
export type PlacedFault = Omit<Fault, 'line' | 'column'> & { offset: number }

import { locate } from '../parse/locate'
import { readDocument } from './yaml-document'

/** The line (from 1) on which a document has what a path names, or the deepest part of it there is. */
export function lineOf(text: string, path: readonly string[]): number {
  const { document, lines } = readDocument(text)
  return lines.linePos(locate(document.contents, path, 'key')).line
}

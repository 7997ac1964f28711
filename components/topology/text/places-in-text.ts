import { locate } from '@/lib/topology/parse/locate'
import { readDocument } from '@/lib/topology/text/yaml-document'

/** Line and column, both from 1, of what each path names in a text that parses. */
export function placesInText(
  text: string,
  paths: readonly (readonly string[])[],
): { line: number; column: number }[] {
  if (paths.length === 0) return []
  const { document, lines } = readDocument(text)
  return paths.map((path) => {
    const { line, col } = lines.linePos(locate(document.contents, path, 'key'))
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  })
}

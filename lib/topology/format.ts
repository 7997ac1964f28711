import { Document, isMap, isScalar } from 'yaml'
import { assert } from '@/lib/base/assert'
import type { Json } from './change'
import { ROOT } from './shape'
import { sortFields, toNode } from './text/to-node'
import { readDocument, STRING_OPTIONS, YAML_OPTIONS } from './text/yaml-document'
import type { Topology } from './topology'

/** A topology as a fresh text: fields in the schema's order, objects in theirs, a blank line between sections. */
export function formatTopology(topology: Topology): string {
  const document = new Document(null, {
    ...YAML_OPTIONS,
    customTags: [...YAML_OPTIONS.customTags],
  })
  const node = toNode(document, topology as unknown as Json, ROOT)
  assert(isMap(node), 'a topology is a map')
  for (const [i, pair] of node.items.entries()) {
    if (i > 0 && isMap(pair.value) && isScalar(pair.key)) pair.key.spaceBefore = true
  }
  document.contents = node
  return document.toString(STRING_OPTIONS)
}

/**
 * The same document in the one order and indentation, comments kept with what they stand above.
 * Formatting twice changes nothing more. The text must parse; `parseTopology` tells.
 */
export function formatText(text: string): string {
  const { document } = readDocument(text.replaceAll('\r\n', '\n'))
  assert(document.errors.length === 0, 'formatText was given a text that does not parse')
  sortFields(document.contents, ROOT)
  return document.toString(STRING_OPTIONS)
}

import { z } from 'zod'
import type { JsonSchema } from './fields/derive-fields'
import { Topology } from './topology'

/**
 * JSON Schema (2020-12) of the document, for the completion of editors, ours and others. `reference`
 * on a string says which map its id is looked up in. Carries zod: only for the server and the editor.
 */
export function topologyJsonSchema(): JsonSchema & { $schema?: string } {
  return z.toJSONSchema(Topology) as JsonSchema
}

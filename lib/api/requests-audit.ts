import { z } from 'zod'
import type { AuditCheckRequest } from './contract-audit'

const Text = z.string().min(1).max(200)
const Whole = z.coerce.number().int().nonnegative()
const Seq = z.coerce.number().pipe(z.int32().positive())

const filters = {
  who: Text.optional(),
  group: Text.optional(),
  object: Text.optional(),
  topology: Text.optional(),
  outcome: z.enum(['done', 'refused', 'failed']).optional(),
  from: Whole.optional(),
  to: Whole.optional(),
  q: Text.optional(),
}
const page = {
  before: Seq.optional(),
  limit: Whole.pipe(z.number().min(1).max(200)).default(50),
}

export const AuditFilters = z.object({ ...filters, ...page })
export const AuditExport = z.object({
  ...filters,
  format: z.enum(['jsonl', 'csv']).default('jsonl'),
})
export const ObjectAudit = z.object({ object: Text.optional(), ...page })

export const AuditCheck = z.strictObject({
  noted: z
    .strictObject({
      seq: z.int32().positive(),
      hash: z.string().regex(/^[0-9a-f]{64}$/, 'write the 64 digits of the hash'),
    })
    .exactOptional(),
}) satisfies z.ZodType<AuditCheckRequest>

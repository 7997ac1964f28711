import { z } from 'zod'
import type { LabFaultWish, LabResetRequest } from './contract-lab'

/** Of POST /api/lab/faults. What a kind takes is the lab's to say; here only its size is bounded. */
export const BreakLab = z
  .record(
    z.string().min(1).max(50),
    z.union([z.string().max(500), z.number(), z.boolean(), z.array(z.string().max(100)).max(100)]),
  )
  .refine((fault) => Object.keys(fault).length <= 20, 'has too many fields')
  .and(z.looseObject({ kind: z.string().min(1).max(50) })) as z.ZodType<LabFaultWish>

/** Of POST /api/lab/reset. */
export const ResetLab = z.strictObject({
  hosts: z.union([z.literal(1), z.literal(3)]),
  release: z.enum(['8.4', '9']),
}) satisfies z.ZodType<LabResetRequest>

/** Schemas of what the consoles' routes take. Server only. */
import { z } from 'zod'
import type { OpenConsoleRequest } from './contract-console'

export const OpenConsole = z.strictObject({
  vm: z.string().min(1).max(200),
  kind: z.enum(['screen', 'serial']),
  take: z.boolean().exactOptional(),
}) satisfies z.ZodType<OpenConsoleRequest>

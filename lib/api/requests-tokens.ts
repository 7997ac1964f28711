import { z } from 'zod'
import type { CreateTokenRequest } from './contract-tokens'
import { isScope, type Scope } from './scopes'

const ScopeName = z.custom<Scope>(
  (value) => typeof value === 'string' && isScope(value),
  'choose one of the scopes that there are',
)

export const CreateToken = z.strictObject({
  name: z.string().trim().min(1, 'give it a name that says what uses it').max(60),
  scopes: z.array(ScopeName).min(1, 'choose what it may do').max(20),
  topologies: z.array(z.string().min(1).max(80)).min(1).max(200).nullable(),
  days: z.union([z.literal(7), z.literal(30), z.literal(90), z.literal(365), z.null()]),
}) satisfies z.ZodType<CreateTokenRequest>

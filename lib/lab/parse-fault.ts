import { z } from 'zod'
import { FAULTS, type FaultParam } from './fault-table'
import type { Fault, FaultKind } from './faults'

type Without<T> = T extends unknown ? Omit<T, 'id'> : never

/** A fault that is not switched on yet: the lab gives it its id. */
export type FaultWish = Without<Fault>

/** What one parameter may hold, from its row in the table. */
function schemaOf({ is, choices, least, most, required }: FaultParam): z.ZodType {
  const whole = z.number().int()
  const base: Record<FaultParam['is'], () => z.ZodType> = {
    text: () => z.string().min(1).max(500),
    number: () =>
      z
        .number()
        .min(least ?? Number.MIN_SAFE_INTEGER)
        .max(most ?? 1e9),
    choice: () => z.enum((choices ?? []) as [string, ...string[]]),
    flag: () => z.boolean(),
    list: () => z.array(z.string().min(1).max(100)).min(1).max(100),
    host: () => z.string().min(1).max(100),
    storage: () => z.string().min(1).max(100),
    vm: () => whole,
    address: () => z.ipv4(),
    mac: () => z.string().regex(/^[0-9A-F]{2}(:[0-9A-F]{2}){5}$/),
  }
  return required ? base[is]() : base[is]().optional()
}

const SCHEMAS = new Map(
  Object.entries(FAULTS).map(([kind, { params }]) => [
    kind as FaultKind,
    z.strictObject({
      kind: z.literal(kind),
      ...Object.fromEntries(params.map((param: FaultParam) => [param.name, schemaOf(param)])),
    }),
  ]),
)

/** The fault that a value asks for, or what is wrong with it. */
export function readFault(value: unknown): { fault: FaultWish } | { problem: string } {
  const kind = (value as { kind?: unknown } | null)?.kind
  const schema = SCHEMAS.get(kind as FaultKind)
  if (!schema) return { problem: `There is no fault ${JSON.stringify(kind)}.` }
  const parsed = schema.safeParse(value)
  return parsed.success
    ? { fault: parsed.data as unknown as FaultWish }
    : { problem: z.prettifyError(parsed.error) }
}

/** {@link readFault} of a JSON text. */
export function parseFault(text: string): { fault: FaultWish } | { problem: string } {
  try {
    return readFault(JSON.parse(text))
  } catch {
    return { problem: 'The body is not JSON.' }
  }
}

import { z } from 'zod'

/**
 * The kinds of values in PVE's answers. Numbers and booleans come as either type, depending on the
 * daemon that answers (recorded from PVE 8.4.21).
 */
export const num = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number),
])
export const text = z.union([z.string(), z.number().transform(String)])
/** Absent is false. */
export const flag = z
  .union([z.boolean(), z.number(), z.string(), z.null()])
  .optional()
  .transform((value) => value === true || value === 1 || value === '1')
/** True unless it says that it is not: for switches whose default is on. */
export const flagOn = z
  .union([z.boolean(), z.number(), z.string()])
  .optional()
  .transform((value) => !(value === false || value === 0 || value === '0'))
/** Absent is null. */
export const nullable = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => value ?? null)
/** A list that PVE writes as one text. */
export const list = z
  .string()
  .nullish()
  .transform((value) => (value ?? '').split(/[,; ]+/).filter(Boolean))

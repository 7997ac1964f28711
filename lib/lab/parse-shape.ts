import { z } from 'zod'
import type { LabShape } from './initial'

const Shape = z.strictObject({
  hosts: z.union([z.literal(1), z.literal(3)]).optional(),
  release: z.enum(['8.4', '9']).optional(),
})

/** What a new lab is to be; undefined: as before. An empty text and `{}` say nothing. */
export function parseShape(text: string): { shape: LabShape | undefined } | { problem: string } {
  let value: unknown
  try {
    value = text.trim() === '' ? {} : JSON.parse(text)
  } catch {
    return { problem: 'The body is not JSON.' }
  }
  const parsed = Shape.safeParse(value)
  if (!parsed.success) return { problem: z.prettifyError(parsed.error) }
  return { shape: Object.keys(parsed.data).length === 0 ? undefined : parsed.data }
}

import { z } from 'zod'
import type { Fault } from './faults'

const times = z.number().int().positive().optional()
const vmid = z.number().int().optional()
const message = z.string().optional()

/** One switched-on failure as the control path takes it; its id is given by the lab. */
const FaultWish = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('task-fails'), task: z.string(), vmid, message, times }),
  z.strictObject({
    kind: z.literal('slow'),
    factor: z.number().positive(),
    task: z.string().optional(),
  }),
  z.strictObject({
    kind: z.literal('host-down'),
    node: z.string(),
    how: z.enum(['refused', 'timeout', 'no-route']),
  }),
  z.strictObject({
    kind: z.literal('daemon-down'),
    node: z.string(),
    how: z.enum(['refused', 'timeout']),
  }),
  z.strictObject({ kind: z.literal('no-quorum') }),
  z.strictObject({ kind: z.literal('config-locked'), vmid: z.number().int() }),
  z.strictObject({ kind: z.literal('reload-fails'), node: z.string(), message }),
  z.strictObject({ kind: z.literal('agent-never-up'), vmid }),
  z.strictObject({ kind: z.literal('storage-full'), storage: z.string() }),
  z.strictObject({ kind: z.literal('guest-unreachable'), vmid: z.number().int() }),
  z.strictObject({ kind: z.literal('other-certificate') }),
  z.strictObject({ kind: z.literal('other-host-key'), vmid: z.number().int() }),
  z.strictObject({
    kind: z.literal('address-in-use'),
    address: z.ipv4(),
    mac: z
      .string()
      .regex(/^[0-9A-F]{2}(:[0-9A-F]{2}){5}$/)
      .optional(),
  }),
  z.strictObject({
    kind: z.literal('pod-stuck'),
    pod: z.string(),
    reason: z.string().optional(),
    message,
  }),
  z.strictObject({ kind: z.literal('apt-locked'), vmid, seconds: z.number().positive() }),
  z.strictObject({
    kind: z.literal('clock-skew'),
    vmid,
    seconds: z.number(),
    stubborn: z.boolean().optional(),
  }),
  z.strictObject({
    kind: z.literal('command-fails'),
    command: z.string(),
    vmid,
    message,
    code: z.number().int().min(1).max(255).optional(),
    times,
    after: z.number().int().nonnegative().optional(),
  }),
])

type Without<T> = T extends unknown ? Omit<T, 'id'> : never

/** The fault that a JSON text asks for, or what is wrong with it. */
export function parseFault(text: string): { fault: Without<Fault> } | { problem: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { problem: 'The body is not JSON.' }
  }
  const parsed = FaultWish.safeParse(value)
  return parsed.success ? { fault: parsed.data } : { problem: z.prettifyError(parsed.error) }
}

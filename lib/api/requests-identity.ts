import { z } from 'zod'
import type { AcceptIdentityRequest, EgressRequest } from './contract-identity'

/** Of POST /api/identities. `compared` is the tick that says so. */
export const AcceptIdentity = z.strictObject({
  id: z.string().min(1).max(300),
  offered: z.string().min(1).max(200),
  compared: z.literal(true, 'tick that you compared it on the machine itself'),
}) satisfies z.ZodType<AcceptIdentityRequest>

/** A name, `*.` and a name, or an address; never a URL. */
const HostPattern = z
  .string()
  .trim()
  .min(1)
  .max(253)
  .regex(
    /^(?:(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?)*|[0-9a-f:]*:[0-9a-f:.]*)$/i,
    'write a name such as git.lan, *.example.org, or an address; no URL',
  )

/** Of PUT /api/settings/egress. */
export const SetEgress = z.strictObject({
  other: z
    .array(
      z.strictObject({
        host: HostPattern,
        port: z.number().int().min(1).max(65_535).nullable(),
        note: z.string().trim().max(200),
      }),
    )
    .max(200),
}) satisfies z.ZodType<EgressRequest>

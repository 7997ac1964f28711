/**
 * Schemas of what the API is sent; server only. Each is checked against its type in `contract.ts`,
 * which is what the browser sees.
 */
import { z } from 'zod'
import type { Goal as GoalType } from '@/lib/plan/plan'
import { BLUEPRINT_IDS } from '@/lib/topology/blueprints/catalogue'
import { Id as ObjectId } from '@/lib/topology/topology'
import type {
  ConnectionRequest,
  CreateTopologyRequest,
  ErrandRequest,
  JobAction,
  JobActionRequest,
  Layout as LayoutType,
  RestoreRequest as RestoreRequestType,
  SaveRequest as SaveRequestType,
  SetupRequest as SetupRequestType,
  SignInRequest as SignInRequestType,
  StartJobRequest as StartJobRequestType,
} from './contract'
import { HELM_PATH } from './helm-path'
import { NewPasswordText } from './requests-account'

const Id = z.string().min(1).max(80)
const Whole = z.coerce.number().int().nonnegative()
/** As the database counts: 32 bits. */
const RevisionNumber = z.int32().positive()

export const TopologyParams = z.object({ t: Id })
export const RevisionParams = z.object({ t: Id, n: z.coerce.number().pipe(RevisionNumber) })
export const IdParams = z.object({ id: Id })
export const JobActionParams = z.object({
  id: Id,
  action: z.enum(['cancel', 'retry', 'approve', 'skip'] satisfies JobAction[]),
})

export const SignIn = z.strictObject({
  name: z.string().min(1).max(80),
  password: z.string().min(1).max(256),
}) satisfies z.ZodType<SignInRequestType>

export const Setup = z.strictObject({
  token: z.string().min(1).max(200),
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{1,39}$/,
      'use 2 to 40 letters, digits, dots, hyphens and underscores',
    ),
  password: NewPasswordText,
}) satisfies z.ZodType<SetupRequestType>

export const CreateTopology = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('blueprint'), id: z.enum(BLUEPRINT_IDS).exactOptional() }),
  z.strictObject({ from: z.literal('text'), text: z.string() }),
]) satisfies z.ZodType<CreateTopologyRequest>

export const Save = z.strictObject({
  text: z.string(),
  parent: RevisionNumber,
  message: z.string().max(500),
}) satisfies z.ZodType<SaveRequestType>

export const Restore = z.strictObject({
  revision: RevisionNumber,
  parent: RevisionNumber,
}) satisfies z.ZodType<RestoreRequestType>

const Place = z.strictObject({ x: z.number(), y: z.number() })
/** More than a lens of the largest document has; each is a row. */
const MOST_PLACES = 20_000
const Places = z
  .record(z.string().min(1).max(200), Place)
  .refine((places) => Object.keys(places).length <= MOST_PLACES, `at most ${MOST_PLACES} places`)
export const Layout = z.partialRecord(
  z.enum(['network', 'physical', 'kubernetes', 'storage']),
  Places,
) satisfies z.ZodType<Partial<LayoutType>>

export const Goal = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['deploy', 'adopt']) }),
  z.discriminatedUnion('on', [
    z.strictObject({
      kind: z.literal('firewall'),
      on: z.literal(true),
      admins: ObjectId,
      /** Whatever is written here, the server puts the address in that it was asked from. */
      from: z.string().max(45).default(''),
    }),
    z.strictObject({ kind: z.literal('firewall'), on: z.literal(false) }),
  ]),
  z.strictObject({ kind: z.literal('rebuild'), vm: ObjectId }),
  z.strictObject({ kind: z.enum(['start', 'stop', 'restart']), vm: ObjectId }),
  z.strictObject({
    kind: z.literal('destroy'),
    disks: z.array(z.string().max(20)).max(1000),
    vm: ObjectId.exactOptional(),
  }),
]) satisfies z.ZodType<GoalType>

/** The goal as JSON in the query; a deploy without it. */
export const PlanQuery = z.object({
  goal: z
    .string()
    .default('{"kind":"deploy"}')
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        context.addIssue({ code: 'custom', message: 'write the goal as JSON' })
        return z.NEVER
      }
    })
    .pipe(Goal),
})

const Confirmation = {
  typedName: z.string().max(200).exactOptional(),
}
const PlanHash = z.string().min(1).max(200)

export const StartJob = z.strictObject({
  goal: Goal,
  revision: RevisionNumber,
  planHash: PlanHash,
  ...Confirmation,
}) satisfies z.ZodType<StartJobRequestType>

export const Errand = z.strictObject({
  kind: z.literal('refresh'),
}) satisfies z.ZodType<ErrandRequest>

export const JobsFilter = z.object({
  topology: Id.optional(),
  status: z
    .enum(['awaiting-approval', 'queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled'])
    .optional(),
  kind: z
    .enum([
      'deploy',
      'adopt',
      'firewall',
      'rebuild',
      'start',
      'stop',
      'restart',
      'destroy',
      'refresh',
      'test-connection',
    ])
    .optional(),
  before: Id.optional(),
  limit: Whole.pipe(z.number().min(1).max(200)).default(50),
})

export const LogQuery = z.object({
  after: Whole.default(0),
  limit: Whole.pipe(z.number().min(1).max(5000)).default(1000),
})

export const ActOnJob = z.strictObject({
  reason: z.string().max(500).exactOptional(),
  planHash: PlanHash.exactOptional(),
  ...Confirmation,
}) satisfies z.ZodType<JobActionRequest>

const Host = z.string().min(1).max(253)
const Port = z.number().int().min(1).max(65_535)
const Dialer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('direct') }),
  z.strictObject({ kind: z.literal('socks5'), host: Host, port: Port }),
  z.strictObject({ kind: z.literal('ssh-jump'), host: Host, port: Port, user: Host }),
])

const Address = z
  .url({
    protocol: /^https$/,
    error: 'write the address of its web interface, such as https://pve1.lan:8006',
  })
  .max(300)
const Fingerprint = z
  .string()
  .regex(/^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/, 'write the SHA-256 fingerprint as AA:BB:...')

const connectionFields = {
  name: z.string().trim().min(1).max(80),
  url: Address,
  tokenId: z
    .string()
    .regex(
      /^[^\s@!]+@[^\s@!]+![A-Za-z0-9._-]+$/,
      'write a token id such as drawbridge@pve!panel: user, realm, token name',
    ),
  tokenSecret: z.string().min(1).max(200),
  fingerprint: Fingerprint.nullable(),
  caPem: z
    .string()
    .max(32_768)
    .regex(
      /^\s*-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\s*$/,
      'paste the authority’s certificate, from BEGIN CERTIFICATE to END CERTIFICATE',
    )
    .nullable(),
  others: z.array(z.strictObject({ url: Address, fingerprint: Fingerprint.nullable() })).max(32),
  dialer: Dialer,
  helmPath: z
    .string()
    .max(300)
    .regex(HELM_PATH, 'write helm, or an absolute path such as /usr/local/bin/helm'),
}

export const CreateConnection = z.strictObject({
  ...connectionFields,
  fingerprint: connectionFields.fingerprint.exactOptional(),
  caPem: connectionFields.caPem.exactOptional(),
  others: connectionFields.others.exactOptional(),
  dialer: Dialer.exactOptional(),
  helmPath: connectionFields.helmPath.exactOptional(),
}) satisfies z.ZodType<ConnectionRequest>

export const UpdateConnection = z.strictObject({
  name: connectionFields.name.exactOptional(),
  url: connectionFields.url.exactOptional(),
  tokenId: connectionFields.tokenId.exactOptional(),
  tokenSecret: connectionFields.tokenSecret.exactOptional(),
  fingerprint: connectionFields.fingerprint.exactOptional(),
  caPem: connectionFields.caPem.exactOptional(),
  others: connectionFields.others.exactOptional(),
  dialer: Dialer.exactOptional(),
  helmPath: connectionFields.helmPath.exactOptional(),
}) satisfies z.ZodType<Partial<ConnectionRequest>>

/** Schemas of what people, invitations and the provider's settings are sent; server only. */
import { z } from 'zod'
import type { Role } from './contract'
import type {
  AcceptInviteRequest,
  AddPersonRequest,
  ChangePersonRequest,
  OidcRequest,
} from './contract-people'

const ROLES = ['member', 'viewer', 'operator', 'editor', 'admin'] as const satisfies Role[]
const RoleName = z.enum(ROLES)
const TopologyId = z.string().min(1).max(80)
/** One role for each of more topologies than a panel has. */
const Grants = z
  .record(TopologyId, RoleName)
  .refine((grants) => Object.keys(grants).length <= 200, 'at most 200 topologies')

export const AddPerson = z.strictObject({
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{1,39}$/,
      'use 2 to 40 letters, digits, dots, hyphens and underscores',
    ),
  role: RoleName,
  grants: Grants,
}) satisfies z.ZodType<AddPersonRequest>

export const ChangePerson = z.strictObject({
  role: RoleName.exactOptional(),
  grants: Grants.exactOptional(),
  disabled: z.boolean().exactOptional(),
  breakGlass: z.boolean().exactOptional(),
  breakGlassSeen: z.int32().nonnegative().exactOptional(),
}) satisfies z.ZodType<ChangePersonRequest>

const Token = z.string().min(1).max(200)
export const AcceptInvite = z.union([
  z.strictObject({
    token: Token,
    password: z
      .string()
      .min(12, 'use at least 12 characters; a short sentence is easiest to remember')
      .max(128, 'use at most 128 characters'),
  }),
  z.strictObject({ token: Token, way: z.literal('oidc') }),
  z.strictObject({ token: Token }),
]) satisfies z.ZodType<AcceptInviteRequest>

/** What the round trip is for, and the path on this panel to come back to. */
export const OidcQuery = z.object({
  next: z.string().max(2000).optional(),
  confirm: z.literal('1').optional(),
  link: z.literal('1').optional(),
  invite: z.literal('1').optional(),
})

const Group = z.string().trim().min(1).max(200)
/** A claim's name; dots and slashes belong to namespaced ones. */
const Claim = z
  .string()
  .trim()
  .regex(/^[\w:/.@-]{1,200}$/, 'write the name of one claim')

export const PutOidc = z.strictObject({
  issuer: z
    .url({ protocol: /^https?$/, error: 'write the issuer as the provider does, https://...' })
    .max(300)
    .refine((url) => !/[?#]/.test(url), 'an issuer has neither ? nor #')
    .refine((url) => !URL.canParse(url) || new URL(url).username === '', 'without a name in it')
    .refine(isGuarded, 'use https; plain http is read by everybody in between'),
  clientId: z.string().trim().min(1).max(300),
  clientSecret: z.string().min(1).max(1000).nullable().exactOptional(),
  scopes: z
    .string()
    .trim()
    .max(500)
    .refine((text) => text.split(/\s+/).includes('openid'), 'openid has to be one of them'),
  nameClaim: Claim,
  groupsClaim: Claim,
  label: z.string().trim().min(1).max(40),
  ca: z
    .string()
    .max(100_000)
    .regex(/-----BEGIN CERTIFICATE-----/, 'paste a certificate in PEM form')
    .nullable(),
  allowedGroups: z.array(Group).max(200),
  makesAccounts: z.boolean(),
  // With accounts made for whoever comes, everybody that the provider knows would own the house.
  defaultRole: RoleName.refine(
    (role) => role !== 'admin',
    'nobody is an admin by default; map a group to that role, or give it to a person',
  ),
  mapping: z
    .array(z.strictObject({ group: Group, role: RoleName, topologyId: TopologyId.nullable() }))
    .max(500),
  breakGlassOnly: z.boolean(),
}) satisfies z.ZodType<OidcRequest>

/** Nobody stands in between on this machine itself. */
function isGuarded(url: string): boolean {
  if (!URL.canParse(url)) return true
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(hostname)
}

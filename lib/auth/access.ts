import type { Role } from '@/lib/api/contract'
import { isAtLeast, RANK } from '@/lib/api/roles'
import type { Scope } from '@/lib/api/scopes'
import type { ClientMessages } from '@/lib/live/contract'

/** Who may: everybody, or a signed-in person of at least this role. */
export type Who = 'public' | Role

/**
 * Whose role counts: on the topology that the path names (`t`), on the one that the job (`id`)
 * belongs to, on those whose hosts name the connection (`id`), everywhere, the best that the person
 * has anywhere (the handler then shows only what each topology's role allows), or none: it is about
 * the person's own account.
 */
export type Of = 'topology' | 'job' | 'connection' | 'panel' | 'any' | 'self'

/** One row of the access table. */
export type Access = {
  who: Who
  of: Of
  /** What a token needs to have been made for; null: not by a token. */
  scope: Scope | null
  /** Only shortly after the person proved who they are (lib/auth/confirm.ts), and at a desk. */
  confirmed?: true
  /** Open to a phone's session although it changes something, which else it may only once proved. */
  phone?: true
}

const open = { who: 'public', of: 'self', scope: null } as const
type RoleAccess = Access & { who: Role }
const row = (who: Role, of: Of, scope: Scope | null = null): RoleAccess => ({ who, of, scope })
const self = row('member', 'self')
const confirmed = (access: RoleAccess): RoleAccess => ({ ...access, confirmed: true })
const alsoByPhone = (access: RoleAccess): RoleAccess => ({ ...access, phone: true })

/**
 * Every route of the HTTP API and who may use it. A route without a row cannot be written (its key
 * is a type) and a test compares the rows with the files under `app/`; its matrix is a golden file.
 */
const TABLE = {
  'GET /api/session': open,
  'POST /api/setup': open,
  'POST /api/auth/sign-in': open,
  'POST /api/auth/second-factor': open,
  'POST /api/auth/passkey/options': open,
  'POST /api/auth/passkey': open,
  'POST /api/auth/phone': open,
  'POST /api/auth/sign-out': open,
  'GET /api/auth/oidc': open,
  'GET /api/auth/oidc/callback': open,
  'POST /api/auth/invite': open,
  // Proves itself by its signature.
  'POST /api/hooks/git/[t]': open,

  'GET /api/me': self,
  'POST /api/me/confirm': alsoByPhone(self),
  'POST /api/me/confirm/options': alsoByPhone(self),
  'POST /api/me/password': confirmed(self),
  'POST /api/me/totp': confirmed(self),
  'PUT /api/me/totp': confirmed(self),
  'DELETE /api/me/totp': confirmed(self),
  'POST /api/me/recovery-codes': confirmed(self),
  'POST /api/me/passkeys/options': confirmed(self),
  'POST /api/me/passkeys': confirmed(self),
  'PATCH /api/me/passkeys/[id]': self,
  'DELETE /api/me/passkeys/[id]': confirmed(self),
  'DELETE /api/me/sessions': alsoByPhone(confirmed(self)),
  'DELETE /api/me/sessions/[id]': alsoByPhone(confirmed(self)),
  'POST /api/me/phone': confirmed(self),
  'GET /api/me/tokens': self,
  'POST /api/me/tokens': confirmed(self),
  'DELETE /api/me/tokens/[id]': self,

  'GET /api/people': row('admin', 'panel'),
  'POST /api/people': confirmed(row('admin', 'panel')),
  'PATCH /api/people/[id]': confirmed(row('admin', 'panel')),
  'DELETE /api/people/[id]': confirmed(row('admin', 'panel')),
  'POST /api/people/[id]/invite': confirmed(row('admin', 'panel')),
  'DELETE /api/people/[id]/sessions': row('admin', 'panel'),
  'DELETE /api/people/[id]/second-factor': confirmed(row('admin', 'panel')),
  'DELETE /api/people/[id]/provider': confirmed(row('admin', 'panel')),
  'GET /api/tokens': row('admin', 'panel'),
  'DELETE /api/tokens/[id]': row('admin', 'panel'),
  'GET /api/settings/oidc': row('admin', 'panel'),
  'PUT /api/settings/oidc': confirmed(row('admin', 'panel')),
  'DELETE /api/settings/oidc': confirmed(row('admin', 'panel')),
  'POST /api/settings/oidc/test': row('admin', 'panel'),

  // A list is open to every person: it holds what they may see, for some nothing.
  'GET /api/topologies': row('member', 'any', 'topologies:read'),
  'POST /api/topologies': row('editor', 'panel', 'topologies:write'),
  'GET /api/t/[t]': row('viewer', 'topology', 'topologies:read'),
  'GET /api/t/[t]/revisions': row('viewer', 'topology', 'topologies:read'),
  'POST /api/t/[t]/revisions': row('editor', 'topology', 'topologies:write'),
  'GET /api/t/[t]/revisions/[n]': row('viewer', 'topology', 'topologies:read'),
  'POST /api/t/[t]/restore': row('editor', 'topology', 'topologies:write'),
  'PUT /api/t/[t]/layout': row('editor', 'topology', 'topologies:write'),
  'GET /api/t/[t]/plan': row('viewer', 'topology', 'topologies:read'),
  'GET /api/t/[t]/fit': row('viewer', 'topology', 'topologies:read'),
  'GET /api/t/[t]/adopt': row('viewer', 'topology', 'topologies:read'),
  'POST /api/t/[t]/jobs': row('operator', 'topology', 'jobs:run'),
  'POST /api/t/[t]/errands': row('operator', 'topology', 'jobs:run'),
  'GET /api/t/[t]/observed': row('viewer', 'topology', 'topologies:read'),
  'GET /api/t/[t]/addresses': row('viewer', 'topology', 'topologies:read'),
  'GET /api/t/[t]/hosts/[h]/care': row('viewer', 'topology', 'topologies:read'),
  'GET /api/t/[t]/audit': row('viewer', 'topology', 'topologies:read'),
  'GET /api/t/[t]/secrets': row('editor', 'topology'),
  'PUT /api/t/[t]/secrets/[name]': row('editor', 'topology', 'secrets:write'),
  'DELETE /api/t/[t]/secrets/[name]': confirmed(row('editor', 'topology')),
  'POST /api/t/[t]/kubeconfig': confirmed(row('admin', 'topology')),

  'GET /api/t/[t]/consoles': row('viewer', 'topology', 'topologies:read'),
  // Who is at a machine's keyboard can switch it off, as operators may, and sign in with what they know.
  'POST /api/t/[t]/consoles': confirmed(row('operator', 'topology')),

  'GET /api/t/[t]/git': row('viewer', 'topology', 'topologies:read'),
  'PUT /api/t/[t]/git': confirmed(row('admin', 'topology')),
  'DELETE /api/t/[t]/git': confirmed(row('admin', 'topology')),
  'POST /api/t/[t]/git/sync': row('editor', 'topology', 'topologies:write'),
  'POST /api/t/[t]/git/choose': row('admin', 'topology'),
  'POST /api/t/[t]/git/host-key': confirmed(row('admin', 'topology')),
  'POST /api/t/[t]/git/hook': confirmed(row('admin', 'topology')),
  'POST /api/t/[t]/git/test': row('operator', 'topology', 'jobs:run'),

  'GET /api/jobs': row('member', 'any', 'jobs:read'),
  'GET /api/jobs/[id]': row('viewer', 'job', 'jobs:read'),
  'POST /api/jobs/[id]/[action]': row('operator', 'job', 'jobs:run'),
  'GET /api/jobs/[id]/log': row('viewer', 'job', 'jobs:read'),

  'GET /api/connections': row('member', 'any', 'connections:read'),
  'POST /api/connections': confirmed(row('admin', 'panel')),
  'GET /api/connections/[id]': row('viewer', 'connection', 'connections:read'),
  'PATCH /api/connections/[id]': confirmed(row('admin', 'panel')),
  'DELETE /api/connections/[id]': confirmed(row('admin', 'panel')),
  'POST /api/connections/[id]/test': row('operator', 'connection', 'jobs:run'),

  // A changed certificate or host key is there for everybody to see; accepting it is an admin's act.
  'GET /api/identities': row('member', 'any', 'connections:read'),
  'POST /api/identities': confirmed(row('admin', 'panel')),
  'GET /api/settings/egress': row('admin', 'panel'),
  'PUT /api/settings/egress': confirmed(row('admin', 'panel')),

  'GET /api/secrets': row('admin', 'panel'),
  'PUT /api/secrets': confirmed(row('admin', 'panel')),
  'POST /api/secrets/reveal': confirmed(row('admin', 'panel')),
  'POST /api/recovery-kit': confirmed(row('admin', 'panel')),

  'GET /api/audit': row('admin', 'panel', 'audit:read'),
  'GET /api/audit/export': row('admin', 'panel', 'audit:read'),
  'POST /api/audit/check': row('admin', 'panel', 'audit:read'),

  'GET /api/panel': row('admin', 'panel', 'panel:read'),
  'PUT /api/panel/settings': confirmed(row('admin', 'panel')),
  'POST /api/panel/backups': row('admin', 'panel', 'panel:backup'),
  'GET /api/panel/backups/[name]': confirmed(row('admin', 'panel')),
  'DELETE /api/panel/backups/[name]': confirmed(row('admin', 'panel')),

  // The simulation: nothing real is touched, but what is deployed there is somebody's.
  'GET /api/lab': row('member', 'any', 'topologies:read'),
  'POST /api/lab/faults': row('operator', 'panel', 'jobs:run'),
  'DELETE /api/lab/faults': row('operator', 'panel', 'jobs:run'),
  'DELETE /api/lab/faults/[id]': row('operator', 'panel', 'jobs:run'),
  'POST /api/lab/reset': row('admin', 'panel'),

  'GET /api/status': row('member', 'any', 'status:read'),
} as const satisfies Record<`${Method} /api/${string}`, Access>

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type RouteKey = keyof typeof TABLE
export type PublicRouteKey = {
  [K in RouteKey]: (typeof TABLE)[K]['who'] extends 'public' ? K : never
}[RouteKey]
/** Every route's row. */
export const ROUTES: Readonly<Record<RouteKey, Access>> = TABLE

/** Goals that take something away need more than the right to start a job. */
export const GOALS: Record<
  'deploy' | 'adopt' | 'firewall' | 'rebuild' | 'start' | 'stop' | 'restart' | 'destroy',
  Role
> = {
  deploy: 'operator',
  adopt: 'operator',
  firewall: 'admin',
  rebuild: 'operator',
  start: 'operator',
  stop: 'operator',
  restart: 'operator',
  destroy: 'admin',
}

/** What a browser may ask over its socket. A socket without a session is not let in at all. */
export const SOCKET_EVENTS: Record<keyof ClientMessages, Access> = {
  'join-job': alsoByPhone(row('viewer', 'job')),
  'leave-job': alsoByPhone(row('member', 'self')),
  // Only the session whose request opened it, which was confirmed; what follows is its socket's alone.
  'console-attach': row('operator', 'topology'),
  'console-input': row('member', 'self'),
  'console-ack': row('member', 'self'),
  'console-resize': row('member', 'self'),
  'console-close': row('member', 'self'),
}

/** The pages that are shown to somebody who is not signed in; every other page redirects. */
export const PUBLIC_PAGES: readonly string[] = ['/sign-in', '/setup', '/invite', '/phone']

/** Files of `public/`: what the sign-in page needs, and the document's JSON Schema. One segment, never a page's path. */
export const PUBLIC_FILES = /^\/[\w-]+\.(svg|png|ico|webmanifest|txt|js|json)$/

/**
 * Answered by the server before the pages, to anybody: whether it is ready, and the certificate of
 * its own authority with the page that says how to install it.
 */
export const PUBLIC_PROBES: readonly string[] = ['/healthz', '/trust', '/trust/ca.crt']

/** Whether a person of this role (null: not signed in) may do what `who` may. */
export function mayDo(role: Role | null, who: Who): boolean {
  if (who === 'public') return true
  return role !== null && isAtLeast(role, who)
}

/** The role that a stored text names; the least where it names none. */
export const parseRole = (text: string | null | undefined): Role =>
  RANK.find((role) => role === text) ?? 'member'

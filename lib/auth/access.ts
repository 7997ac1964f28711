import type { Role } from '@/lib/api/contract'
import type { ClientMessages } from '@/lib/live/contract'

/** Who may: everybody, or a signed-in person of at least this role. */
export type Who = 'public' | Role

/**
 * Every route of the HTTP API and who may use it. A route without a row cannot be written (its key
 * is a type) and a test compares the rows with the files under `app/`.
 */
export const ROUTES = {
  'GET /api/session': 'public',
  'POST /api/setup': 'public',
  'POST /api/auth/sign-in': 'public',
  'POST /api/auth/sign-out': 'public',

  'GET /api/topologies': 'viewer',
  'POST /api/topologies': 'editor',
  'GET /api/t/[t]': 'viewer',
  'GET /api/t/[t]/revisions': 'viewer',
  'POST /api/t/[t]/revisions': 'editor',
  'GET /api/t/[t]/revisions/[n]': 'viewer',
  'POST /api/t/[t]/restore': 'editor',
  'PUT /api/t/[t]/layout': 'editor',
  'GET /api/t/[t]/plan': 'viewer',
  'POST /api/t/[t]/jobs': 'operator',
  'POST /api/t/[t]/errands': 'operator',
  'GET /api/t/[t]/observed': 'viewer',

  'GET /api/jobs': 'viewer',
  'GET /api/jobs/[id]': 'viewer',
  'POST /api/jobs/[id]/[action]': 'operator',
  'GET /api/jobs/[id]/log': 'viewer',

  'GET /api/connections': 'viewer',
  'POST /api/connections': 'admin',
  'GET /api/connections/[id]': 'viewer',
  'PATCH /api/connections/[id]': 'admin',
  'DELETE /api/connections/[id]': 'admin',
  'POST /api/connections/[id]/test': 'operator',

  'GET /api/status': 'viewer',
} as const satisfies Record<`${Method} /api/${string}`, Who>

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type RouteKey = keyof typeof ROUTES

/** Goals that take something away need more than the right to start a job. */
export const GOALS: Record<'deploy' | 'rebuild' | 'start' | 'stop' | 'restart' | 'destroy', Role> =
  {
    deploy: 'operator',
    rebuild: 'operator',
    start: 'operator',
    stop: 'operator',
    restart: 'operator',
    destroy: 'admin',
  }

/** What a browser may ask over its socket. A socket without a session is not let in at all. */
export const SOCKET_EVENTS: Record<keyof ClientMessages, Role> = {
  'join-job': 'viewer',
  'leave-job': 'viewer',
}

/** The pages that are shown to somebody who is not signed in; every other page redirects. */
export const PUBLIC_PAGES: readonly string[] = ['/sign-in', '/setup']

/** Files of `public/` that the sign-in page needs: one segment, never a page's path. */
export const PUBLIC_FILES = /^\/[\w-]+\.(svg|png|ico|webmanifest|txt|js)$/

/** Answered by the server before the pages, to anybody: whether it is ready, nothing more. */
export const PUBLIC_PROBES: readonly string[] = ['/healthz']

/** From the least to the most. Each may do what those before it may. */
const RANK: readonly Role[] = ['viewer', 'operator', 'editor', 'admin']

/** Whether a person of this role (null: not signed in) may do what `who` may. */
export function mayDo(role: Role | null, who: Who): boolean {
  if (who === 'public') return true
  return role !== null && RANK.indexOf(role) >= RANK.indexOf(who)
}

/** The role that a stored text names; the least where it names none. */
export const parseRole = (text: string | null | undefined): Role =>
  RANK.find((role) => role === text) ?? 'viewer'

import type { AuditAction } from '@/lib/db/audit-actions'
import type { RouteKey } from './access'

/** Routes that change something, or might: all that are not read with GET. */
export type ChangingRouteKey = Exclude<RouteKey, `GET ${string}`>

/**
 * What a route writes down when it succeeds: one of these actions. `unless`: when it writes nothing,
 * because then nothing was changed. No actions: why what it does is no entry.
 */
export type Audited = { actions: readonly AuditAction[]; unless?: string }

const by = (...actions: AuditAction[]): Audited => ({ actions })
const never = (unless: string): Audited => ({ actions: [], unless })

const CHALLENGE = 'It answers a challenge; what is done with it is written down.'
const SIGN_IN: readonly AuditAction[] = [
  'session.sign-in',
  'session.second-factor',
  'session.break-glass',
  'account.recovery-code-used',
]
const SECOND_STEP = 'The first factor was right and a second one is asked for: nobody is in yet.'

/**
 * The action of every route that is no GET; a route without a row is a type error. Tests of routes
 * hold each answer against it (lib/auth/testing/temp-panel.ts `ask`).
 */
export const AUDITED: Readonly<Record<ChangingRouteKey, Audited>> = {
  'POST /api/setup': by('panel.setup', 'session.sign-in'),
  'POST /api/auth/sign-in': { actions: SIGN_IN, unless: SECOND_STEP },
  'POST /api/auth/second-factor': by(...SIGN_IN),
  'POST /api/auth/passkey/options': never(CHALLENGE),
  'POST /api/auth/passkey': { actions: ['session.sign-in'], unless: SECOND_STEP },
  'POST /api/auth/phone': by('session.phone', 'session.sign-in'),
  'POST /api/auth/sign-out': { actions: ['session.sign-out'], unless: 'Nobody was signed in.' },
  'POST /api/auth/invite': {
    actions: ['person.invite-accept', 'session.sign-in'],
    unless: 'Without a password it only answers who is invited.',
  },

  'POST /api/me/confirm': by('session.confirm'),
  'POST /api/me/confirm/options': never(CHALLENGE),
  'POST /api/me/password': by('account.password-change'),
  'POST /api/me/totp': never(
    'A secret is made and counts for nothing until a code of it was typed once.',
  ),
  'PUT /api/me/totp': by('account.totp-on'),
  'DELETE /api/me/totp': { actions: ['account.totp-off'], unless: 'They were off.' },
  'POST /api/me/recovery-codes': by('account.recovery-codes'),
  'POST /api/me/passkeys/options': never(CHALLENGE),
  'POST /api/me/passkeys': by('account.passkey-add'),
  'PATCH /api/me/passkeys/[id]': by('account.passkey-rename'),
  'DELETE /api/me/passkeys/[id]': by('account.passkey-remove'),
  'DELETE /api/me/sessions': { actions: ['session.revoke-all'], unless: 'There was no other.' },
  'DELETE /api/me/sessions/[id]': by('session.revoke'),
  'POST /api/me/phone': {
    actions: ['session.phone'],
    unless: 'It makes a link; a phone that uses it is written down.',
  },
  'POST /api/me/tokens': by('token.create'),
  'DELETE /api/me/tokens/[id]': by('token.revoke'),

  'POST /api/people': by('person.create', 'person.invite'),
  'PATCH /api/people/[id]': { actions: ['person.change'], unless: 'It is so already.' },
  'DELETE /api/people/[id]': by('person.remove'),
  'POST /api/people/[id]/invite': by('person.invite'),
  'DELETE /api/people/[id]/sessions': by('person.sessions-end'),
  'DELETE /api/people/[id]/second-factor': by('person.second-factor-reset'),
  'DELETE /api/people/[id]/provider': { actions: ['oidc.unlink'], unless: 'There was none.' },
  'DELETE /api/tokens/[id]': by('token.revoke'),
  'PUT /api/settings/oidc': by('oidc.change'),
  'DELETE /api/settings/oidc': { actions: ['oidc.remove'], unless: 'There was none.' },
  'POST /api/settings/oidc/test': {
    actions: ['oidc.test'],
    unless: 'It reads what the provider says of itself and stores nothing.',
  },

  'POST /api/hooks/git/[t]': { actions: ['git.sync'], unless: 'A look is asked for already.' },
  'PUT /api/t/[t]/git': by('git.change'),
  'DELETE /api/t/[t]/git': by('git.remove'),
  'POST /api/t/[t]/git/sync': by('git.sync'),
  'POST /api/t/[t]/git/choose': by('git.choose'),
  'POST /api/t/[t]/git/host-key': by('git.host-key'),
  'POST /api/t/[t]/git/hook': by('git.hook'),
  'POST /api/t/[t]/git/test': { actions: ['git.test'], unless: 'It waits in the queue already.' },

  'POST /api/topologies': by('topology.create'),
  'POST /api/t/[t]/revisions': {
    actions: ['topology.save'],
    unless: 'The text is the head’s already: no revision was made.',
  },
  'POST /api/t/[t]/restore': {
    actions: ['topology.restore'],
    unless: 'The text is the head’s already: no revision was made.',
  },
  'PUT /api/t/[t]/layout': never(
    'Where things stand on the canvas is no part of the document, changes nothing that runs, and is saved at every drag.',
  ),
  'POST /api/t/[t]/jobs': by('job.start'),
  'POST /api/t/[t]/errands': {
    actions: ['topology.refresh'],
    unless: 'The same look is queued already.',
  },
  'PUT /api/t/[t]/secrets/[name]': by('secret.set', 'secret.rotate'),
  'DELETE /api/t/[t]/secrets/[name]': by('secret.remove'),
  'POST /api/t/[t]/consoles': by('console.open'),
  'POST /api/t/[t]/kubeconfig': by('secret.kubeconfig'),

  'POST /api/jobs/[id]/[action]': by('job.cancel', 'job.retry', 'job.approve', 'job.skip'),

  'POST /api/connections': by('connection.create'),
  'PATCH /api/connections/[id]': {
    actions: ['connection.change'],
    unless: 'Every field is as it was.',
  },
  'DELETE /api/connections/[id]': by('connection.remove'),
  'POST /api/connections/[id]/test': {
    actions: ['connection.test'],
    unless: 'The same test is queued already.',
  },
  'POST /api/identities': by('identity.accept'),

  'PUT /api/settings/egress': { actions: ['egress.change'], unless: 'It is so already.' },
  'PUT /api/secrets': by('secret.set', 'secret.rotate'),
  'POST /api/secrets/reveal': by('secret.reveal'),
  'POST /api/recovery-kit': by('kit.create'),
  'POST /api/audit/check': by('audit.check'),
  'POST /api/lab/faults': by('lab.fault'),
  'DELETE /api/lab/faults': by('lab.fault-end'),
  'DELETE /api/lab/faults/[id]': by('lab.fault-end'),
  'POST /api/lab/reset': by('lab.reset'),
  'PUT /api/panel/settings': { actions: ['panel.settings'], unless: 'They are so already.' },
  'POST /api/panel/backups': by('panel.backup'),
  'DELETE /api/panel/backups/[name]': by('panel.backup-remove'),
}

/** Whether the route changes something by its method. */
export const isChanging = (key: RouteKey): key is ChangingRouteKey => !key.startsWith('GET ')

/** What is wrong with what a successful call of this route wrote down; null: nothing. */
export function whyNotAudited(key: RouteKey, written: readonly string[]): string | null {
  if (!isChanging(key)) return null
  const { actions, unless } = AUDITED[key]
  const wanted: readonly string[] = actions
  if (written.some((action) => wanted.includes(action))) return null
  if (written.length === 0 && unless !== undefined) return null
  return `${key} succeeded and wrote down ${written.join(', ') || 'nothing'}; its row in lib/auth/audited.ts has ${wanted.join(', ') || 'nothing'}.`
}

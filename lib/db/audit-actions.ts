import type { Json } from '@/lib/topology/change'
import { changesInWords } from './audit-changes'

/** Verbs that actions begin with, each with its past. */
const VERBS = {
  accept: 'accepted',
  add: 'added',
  answer: 'answered',
  approve: 'approved',
  ask: 'asked',
  cancel: 'cancelled',
  change: 'changed',
  check: 'checked',
  choose: 'chose',
  close: 'closed',
  confirm: 'confirmed',
  connect: 'connected',
  disconnect: 'disconnected',
  download: 'downloaded',
  end: 'ended',
  export: 'exported',
  find: 'found',
  give: 'gave',
  import: 'imported',
  invite: 'invited',
  let: 'let',
  make: 'made',
  open: 'opened',
  pin: 'pinned',
  push: 'pushed',
  queue: 'queued',
  refuse: 'refused',
  remove: 'removed',
  rename: 'renamed',
  replace: 'replaced',
  reset: 'reset',
  restore: 'restored',
  retry: 'retried',
  reveal: 'revealed',
  rotate: 'rotated',
  save: 'saved',
  set: 'set',
  sign: 'signed',
  skip: 'skipped',
  start: 'started',
  stop: 'stopped',
  switch: 'switched',
  take: 'took',
  test: 'tested',
  try: 'tried',
  turn: 'turned',
  use: 'used',
} as const

type Verb = keyof typeof VERBS

/** What an entry tells, for the words that are made of it. */
export type AuditFacts = {
  outcome: 'done' | 'refused' | 'failed'
  object: { kind: string; id: string }
  before: Json | null
  after: Json | null
  note: string
}

export type AuditWords = {
  /** An imperative with its object in place of `{object}`: `change connection {object}`. */
  say: Verb | `${Verb} ${string}`
  /** What stands behind it after a colon, from before and after; null: nothing. */
  more?: (facts: AuditFacts) => string | null
}

/**
 * Every action that is written to the audit log, with its words: the page, the export and the
 * objects' own pages all show these. An action without a row here is a type error. What stands
 * before the dot is the group that the page filters by.
 */
const TABLE = {
  'panel.setup': { say: 'make the first account, {object}, an admin' },
  'panel.settings': { say: 'change the settings of the panel', more: fields },
  'panel.backup': { say: 'make the backup {object} of the panel' },
  'panel.backup-scheduled': { say: 'make the scheduled backup {object} of the panel' },
  'panel.backup-download': { say: 'download the backup {object} of the panel' },
  'panel.backup-remove': { say: 'remove the backup {object} of the panel' },
  'panel.restore': { say: 'restore the panel from the backup {object}' },

  'session.sign-in': { say: 'sign in', more: (f) => text(f.after, 'way') },
  'session.break-glass': { say: 'use the break-glass account {object}' },
  'session.second-factor': { say: 'give a second factor' },
  'session.sign-out': { say: 'sign out' },
  'session.confirm': { say: 'confirm again who they are', more: (f) => text(f.after, 'way') },
  'session.revoke': { say: 'end the session {object}' },
  'session.revoke-all': { say: 'end all sessions of {object}' },
  'session.phone': { say: 'let a phone in, {object}' },

  'account.password-change': { say: 'change the password of {object}' },
  'account.totp-on': { say: 'turn one-time codes on for {object}' },
  'account.totp-off': { say: 'turn one-time codes off for {object}' },
  'account.recovery-codes': { say: 'make new recovery codes for {object}' },
  'account.recovery-code-used': { say: 'use a recovery code of {object}' },
  'account.passkey-add': { say: 'add the passkey {object}' },
  'account.passkey-rename': { say: 'rename the passkey {object}', more: fields },
  'account.passkey-remove': { say: 'remove the passkey {object}' },
  'account.passkey-suspect': { say: 'find a copy of the passkey {object}' },
  'account.reset': { say: 'reset the sign-in of {object} at the panel’s own machine' },

  'person.create': { say: 'add {object} to the people of the panel', more: fields },
  'person.invite': { say: 'invite {object}' },
  'person.invite-accept': { say: 'accept the invitation as {object}' },
  'person.change': { say: 'change what {object} may', more: fields },
  'person.remove': { say: 'remove {object} from the people of the panel' },
  'person.sessions-end': { say: 'end all sessions of {object}' },
  'person.second-factor-reset': { say: 'take away the second factor of {object}' },
  'oidc.change': { say: 'change the sign-in by OpenID Connect', more: fields },
  'oidc.remove': { say: 'remove the sign-in by OpenID Connect' },
  'oidc.test': { say: 'test the sign-in by OpenID Connect' },
  'oidc.unlink': { say: 'disconnect {object} from the identity provider' },
  'oidc.link': { say: 'connect {object} with their account at the identity provider' },

  'token.create': { say: 'make the token {object}', more: fields },
  'token.revoke': { say: 'end the token {object}' },

  'secret.set': { say: 'set the secret {object}' },
  'secret.rotate': { say: 'rotate the secret {object}' },
  'secret.remove': { say: 'remove the secret {object}' },
  'secret.reveal': { say: 'reveal the secret {object}' },
  'secret.kubeconfig': { say: 'download the kubeconfig of {object}' },
  'secret.rotate-key': { say: 'rotate the key that secrets are sealed to' },
  'kit.create': { say: 'make a recovery kit' },
  'kit.restore': { say: 'restore the key of the secrets from a recovery kit' },

  'console.open': {
    say: 'open the console of {object}',
    more: (f) => text(f.after, 'kind'),
  },
  'console.close': {
    say: 'close the console of {object}',
    more: (f) => text(f.after, 'kind'),
  },

  'connection.create': { say: 'make the connection {object}', more: fields },
  'connection.change': { say: 'change the connection {object}', more: fields },
  'connection.remove': { say: 'remove the connection {object}' },
  'connection.test': { say: 'test the connection {object}' },
  'egress.change': { say: 'change which other addresses may be connected to', more: fields },
  'identity.accept': { say: 'accept the new identity of {object}', more: fields },
  'identity.changed': { say: 'find that {object} shows another identity', more: fields },
  'identity.repin': { say: 'pin the identity of {object} again, changed by the job', more: fields },

  'lab.fault': { say: 'switch {object} on in the lab' },
  'lab.fault-end': { say: 'switch {object} off in the lab' },
  'lab.reset': { say: 'reset {object} to an empty one', more: fields },

  'topology.create': { say: 'make the topology {object}', more: (f) => f.note || null },
  'topology.save': { say: 'change {object}', more: changesInWords },
  'topology.restore': { say: 'restore an older revision of {object}', more: changesInWords },
  'topology.refresh': { say: 'ask for a look at {object}' },
  'topology.drift-accept': { say: 'accept a difference of {object}', more: fields },

  'git.change': { say: 'change where {object} is kept in Git', more: fields },
  'git.remove': { say: 'take {object} out of Git' },
  'git.host-key': { say: 'accept the host key of the Git server of {object}', more: fields },
  'git.hook': { say: 'make a new webhook secret for the Git repository of {object}' },
  'git.sync': { say: 'ask for a look at the Git repository of {object}' },
  'git.test': { say: 'test the Git repository of {object}' },
  'git.choose': {
    say: 'choose how {object} and Git go on',
    more: (f) => text(f.after, 'choice'),
  },
  'git.push': { say: 'push {object} to Git', more: (f) => text(f.after, 'commit') },
  'git.refuse': { say: 'refuse a commit for {object}', more: (f) => text(f.after, 'commit') },
  'git.stop': { say: 'find {object} and Git out of step', more: (f) => text(f.after, 'state') },

  'job.start': { say: 'start {object}' },
  'job.cancel': { say: 'cancel {object}' },
  'job.retry': { say: 'retry {object}' },
  'job.approve': { say: 'approve the changed plan of {object}' },
  'job.skip': { say: 'skip the failed steps of {object}' },
  'job.ask-approval': { say: 'ask to approve another plan of {object}' },
  'job.end': { say: 'end {object}', more: (f) => text(f.after, 'outcome') },

  'access.refused': { say: 'ask for {object}', more: (f) => text(f.after, 'code') },
  'audit.export': { say: 'export the audit log' },
  'audit.check': { say: 'check the audit log', more: (f) => text(f.after, 'result') },
} as const satisfies Record<`${string}.${string}`, AuditWords>

/** What is written down: a verb on an object, `topology.save`. */
export type AuditAction = keyof typeof TABLE
/** Every action with its words. */
export const AUDIT_ACTIONS: Readonly<Record<AuditAction, AuditWords>> = TABLE
/** What the page filters by: what stands before the dot. */
export const AUDIT_GROUPS: readonly string[] = [
  ...new Set(Object.keys(TABLE).map((action) => action.split('.', 1)[0] ?? '')),
]

/** Whether this build knows the action: an entry of a newer one may have another. */
export const isAuditAction = (text: string): text is AuditAction => Object.hasOwn(TABLE, text)

/** The past of an action's words: `changed connection {object}`. */
export function inPast(say: AuditWords['say']): string {
  const [verb = '', ...rest] = say.split(' ')
  return [VERBS[verb as Verb], ...rest].join(' ')
}

/** A field of before or after that is text; null when it is not. */
function text(value: Json | null, key: string): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const found = value[key]
  return typeof found === 'string' && found !== '' ? found : null
}

/** `name, url`: which fields are not as they were. */
function fields({ before, after }: AuditFacts): string | null {
  const [a, b] = [before, after].map((each) =>
    typeof each === 'object' && each !== null && !Array.isArray(each) ? each : {},
  )
  const names = Object.keys({ ...a, ...b }).filter(
    (key) => JSON.stringify(a?.[key]) !== JSON.stringify(b?.[key]),
  )
  return before === null || after === null || names.length === 0 ? null : names.join(', ')
}

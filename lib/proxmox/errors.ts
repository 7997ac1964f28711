import { PanelError } from '@/lib/base/errors'

/** Stable names of what Proxmox, or the way to it, can refuse. */
export type ProxmoxCode =
  | 'proxmox.unreachable'
  | 'proxmox.certificate-untrusted'
  | 'proxmox.auth'
  | 'proxmox.permission'
  | 'proxmox.not-found'
  | 'proxmox.locked'
  | 'proxmox.busy'
  | 'proxmox.no-quorum'
  | 'proxmox.exists'
  | 'proxmox.changed-meanwhile'
  | 'proxmox.protected'
  | 'proxmox.in-use'
  | 'proxmox.invalid'
  | 'proxmox.task-failed'
  | 'proxmox.task-timeout'
  | 'proxmox.unexpected-answer'
  | 'proxmox.failed'
  | 'proxmox.console-refused'
  // Found by procedures of several calls
  | 'proxmox.foreign-changes'
  | 'proxmox.management-interface'
  | 'proxmox.not-applied'
  | 'proxmox.locked-out'
  // Found by steps rather than said by Proxmox
  | 'proxmox.vmid-taken'
  | 'proxmox.not-ours'
  | 'proxmox.data-disk-attached'
  | 'proxmox.disk-missing'
  | 'proxmox.disk-shrink'
  | 'proxmox.slot-taken'

const TRANSIENT: ReadonlySet<ProxmoxCode> = new Set<ProxmoxCode>([
  'proxmox.unreachable',
  'proxmox.locked',
  'proxmox.busy',
  'proxmox.no-quorum',
  'proxmox.changed-meanwhile',
])

/** What Proxmox answered, kept whole for the person who has to find out. */
export type ProxmoxAnswer = { status: number; reason: string; body: string }

/** A call to Proxmox that did not do what was asked. `message` is one sentence, fit for the browser. */
export class ProxmoxError extends PanelError {
  readonly code: ProxmoxCode
  override readonly transient: boolean
  readonly answer: ProxmoxAnswer | null
  /** What is wrong with each parameter, by its name as PVE calls it. */
  readonly parameters: Readonly<Record<string, string>>
  /**
   * Of a change without an answer: whether Proxmox may have done it, or may do it yet. Then only a
   * look at the world tells, and it must not be sent again unseen.
   */
  readonly mayHaveHappened: boolean
  /** What the text of a failed task means, where it is known; of every other error its code. */
  readonly meaning: ProxmoxCode
  /** PVE waited for a lock that others held, and did nothing. May be tried again. */
  readonly lockTimeout: boolean

  constructor(
    code: ProxmoxCode,
    message: string,
    options: {
      answer?: ProxmoxAnswer
      cause?: unknown
      transient?: boolean
      parameters?: Readonly<Record<string, string>>
      mayHaveHappened?: boolean
      lockTimeout?: boolean
      meaning?: ProxmoxCode | null
    } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'ProxmoxError'
    this.code = code
    this.answer = options.answer ?? null
    this.transient = options.transient ?? TRANSIENT.has(code)
    this.parameters = options.parameters ?? {}
    this.mayHaveHappened = options.mayHaveHappened ?? false
    this.lockTimeout = options.lockTimeout ?? false
    this.meaning = options.meaning ?? code
  }
}

/**
 * Waiting for a lock ended after 10 s, or the code inside a cluster's lock after 60 s (PVE 8 and 9,
 * Tools.pm lock_file_full, AbstractConfig.pm:330, Cluster.pm cfs_lock).
 */
const LOCK_TIMEOUTS = [
  /can't lock file .* - got timeout/,
  /got lock request timeout/,
  /'-locked command timed out - aborting/,
]

/** Whether a text of PVE says that waiting for a lock ended, and nothing else. */
export const isLockTimeout = (text: string): boolean =>
  LOCK_TIMEOUTS.some((pattern) => pattern.test(text))

/**
 * What the texts of PVE mean, first match wins. Sources: answers recorded from PVE 8.4.21;
 * AbstractConfig.pm:57,330,337, Cluster.pm:783, API2/Qemu.pm:4380, Tools.pm lock_file_full.
 */
const MEANINGS: readonly (readonly [RegExp, ProxmoxCode])[] = [
  ...LOCK_TIMEOUTS.map((pattern) => [pattern, 'proxmox.locked'] as const),
  [/(VM|CT) is locked \((\w|-)+\)/, 'proxmox.locked'],
  [/cfs-lock .* error/, 'proxmox.no-quorum'],
  [/cluster not ready - no quorum/, 'proxmox.no-quorum'],
  // Without quorum the cluster's files cannot be written, not even by root (recorded).
  [/unable to open file '\/etc\/pve\/.*' - Permission denied/, 'proxmox.no-quorum'],
  [/protection mode enabled/, 'proxmox.protected'],
  [/checksum mismatch \(file change by other user\?\)/, 'proxmox.changed-meanwhile'],
  [/Configuration file ('.*' )?does not exist/, 'proxmox.not-found'],
  [/unable to find configuration file for (VM|CT)/, 'proxmox.not-found'],
  [/no such task|unable to parse worker upid/, 'proxmox.not-found'],
  [/(storage|pool|resource|group|snapshot|mapping) '.*' does not exist/, 'proxmox.not-found'],
  [/No such storage|interface does not exist/, 'proxmox.not-found'],
  [/no such cluster node|hostname lookup '.*' failed/, 'proxmox.not-found'],
  [/volume '.*' does not exist|unable to find volume|mapping '.*' not found/, 'proxmox.not-found'],
  [/no such (volume|logical volume|job|alias|ha group)/i, 'proxmox.not-found'],
  [/no such (ipset|IPSet|security group|group|rule|ha rule|resource)/i, 'proxmox.not-found'],
  [/no rule at position|not HA managed|cannot lookup undefined type/, 'proxmox.not-found'],
  [/sdn \w+( object ID)? '.*' does not exist|backup job '.*' not found/, 'proxmox.not-found'],
  [/config file already exists|(VM|CT) \d+ already exists/, 'proxmox.exists'],
  [/refusing to override existing file/, 'proxmox.exists'],
  [/'.*' (is )?already (defined|exists)|interface already exists/, 'proxmox.exists'],
  [/is still in use by|is used by|is not empty|used in HA resources/, 'proxmox.in-use'],
]

/** What a text of PVE means, or null where nothing matches. */
export const meaningOf = (text: string): ProxmoxCode | null =>
  MEANINGS.find(([pattern]) => pattern.test(text))?.[1] ?? null

/**
 * The error for an answer that is not 2xx. PVE puts the first line of its message into the status
 * line, further lines and parameter errors into the body (AnyEvent.pm:307, Exception.pm:78).
 */
export function errorOfAnswer(what: string, answer: ProxmoxAnswer): ProxmoxError {
  const said = saidBy(answer)
  return new ProxmoxError(codeOf(answer, said), sentence(what, answer, said), {
    answer,
    parameters: parametersOf(answer),
    // 595: no connection to the daemon. 596: none came back, after 30 s (AnyEvent.pm:816).
    mayHaveHappened: answer.status >= 596,
    lockTimeout: isLockTimeout(said),
  })
}

function codeOf({ status }: ProxmoxAnswer, said: string): ProxmoxCode {
  if (status === 401) return 'proxmox.auth'
  // Recorded: a pool that is not there is a 403 as well.
  if (status === 403 && /\(pool '.*' does not exist\)/.test(said)) return 'proxmox.not-found'
  if (status === 403) return 'proxmox.permission'
  if (status >= 595 && status <= 599) return 'proxmox.unreachable'
  const meaning = meaningOf(said)
  if (meaning) return meaning
  if (status === 404) return 'proxmox.not-found'
  if (status === 400 || status === 501 || status === 506) return 'proxmox.invalid'
  if (WRAPPED.test(said)) return 'proxmox.invalid'
  if (status === 429 || status === 502 || status === 503 || status === 504) return 'proxmox.busy'
  return 'proxmox.failed'
}

/** Everything PVE said, without the repeats: reason, further lines, parameter errors. */
function saidBy({ reason, body }: ProxmoxAnswer): string {
  const parts = [reason.trim()]
  const parsed = parseBody(body)
  for (const line of (parsed?.message ?? '').split('\n')) {
    if (line.trim() && !parts.includes(line.trim())) parts.push(line.trim())
  }
  for (const [parameter, text] of Object.entries(parsed?.errors ?? {})) {
    parts.push(`${parameter}: ${String(text).trim().replaceAll('\n', ', ')}`)
  }
  return parts.filter(Boolean).join('; ')
}

/** Several creators wrap a 400 into a 500, its parameters into further lines (recorded). */
const WRAPPED = /400 Parameter verification failed\./

function parametersOf({ body }: ProxmoxAnswer): Record<string, string> {
  const parsed = parseBody(body)
  if (parsed?.errors) {
    const entries = Object.entries(parsed.errors).map(([key, value]) => [key, String(value).trim()])
    return Object.fromEntries(entries)
  }
  const [first = '', ...lines] = (parsed?.message ?? '').split('\n')
  if (!WRAPPED.test(first)) return {}
  return Object.fromEntries(
    lines
      .map((line) => /^([\w.-]+): (.+)$/.exec(line.trim()))
      .filter((match) => match !== null)
      .map(([, key = '', value = '']) => [key, value]),
  )
}

function parseBody(body: string): { message?: string; errors?: Record<string, string> } | null {
  try {
    const value: unknown = JSON.parse(body)
    return value !== null && typeof value === 'object' ? value : null
  } catch {
    return null // Empty on 401, 595 and 596; then the status line is all there is.
  }
}

function sentence(what: string, { status }: ProxmoxAnswer, said: string): string {
  if (status === 401)
    return `${what}: Proxmox does not accept the sign-in (${said}) - check the token's id and secret in Settings > Connections.`
  if (status === 403)
    return `${what}: the token lacks a privilege (${said}) - Settings > Connections shows the commands that grant it.`
  if (status === 596)
    return `${what}: the node does not answer Proxmox (${said}) - look whether its services hang, and whether it was done all the same.`
  if (status === 595)
    return `${what}: Proxmox cannot reach the node (${said}) - check that it is up and its services run.`
  return `${what}: ${said || `Proxmox answered ${status}`}`
}

/** The error of a task that ended badly: its exit text, and the last lines of its log. */
export function taskError(what: string, exit: string, lastLines: readonly string[]): ProxmoxError {
  const meaning = meaningOf([exit, ...lastLines].join('\n'))
  const tail = lastLines.filter((line) => !line.startsWith('TASK ')).slice(-3)
  const log = tail.length > 0 && tail.at(-1) !== exit ? ` (last lines: ${tail.join(' | ')})` : ''
  // A lock that was not had in time may be had later; everything else stays as it is.
  return new ProxmoxError('proxmox.task-failed', `${what} failed: ${exit}${log}`, {
    transient: meaning !== null && TRANSIENT.has(meaning),
    lockTimeout: isLockTimeout(exit),
    meaning,
  })
}

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
  | 'proxmox.invalid'
  | 'proxmox.task-failed'
  | 'proxmox.task-timeout'
  | 'proxmox.unexpected-answer'
  | 'proxmox.failed'
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

  constructor(
    code: ProxmoxCode,
    message: string,
    options: { answer?: ProxmoxAnswer; cause?: unknown; transient?: boolean } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'ProxmoxError'
    this.code = code
    this.answer = options.answer ?? null
    this.transient = options.transient ?? TRANSIENT.has(code)
  }
}

/**
 * What the texts of PVE mean, first match wins. Sources: answers recorded from PVE 8.4.21;
 * AbstractConfig.pm:57,330,337, Cluster.pm:783, API2/Qemu.pm:4380, Tools.pm lock_file_full.
 */
const MEANINGS: readonly (readonly [RegExp, ProxmoxCode])[] = [
  [/can't lock file .* - got timeout/, 'proxmox.locked'],
  [/got lock request timeout/, 'proxmox.locked'],
  [/'-locked command timed out - aborting/, 'proxmox.locked'],
  [/VM is locked \((\w|-)+\)/, 'proxmox.locked'],
  [/cfs-lock .* error/, 'proxmox.no-quorum'],
  [/cluster not ready - no quorum/, 'proxmox.no-quorum'],
  [/protection mode enabled/, 'proxmox.protected'],
  [/checksum mismatch \(file change by other user\?\)/, 'proxmox.changed-meanwhile'],
  [/Configuration file '.*' does not exist/, 'proxmox.not-found'],
  [/unable to find configuration file for VM/, 'proxmox.not-found'],
  [/no such task|unable to parse worker upid/, 'proxmox.not-found'],
  [/storage '.*' does not exist|No such storage/, 'proxmox.not-found'],
  [/no such cluster node|hostname lookup '.*' failed/, 'proxmox.not-found'],
  [/volume '.*' does not exist|no such volume/, 'proxmox.not-found'],
  [
    /config file already exists|VM \d+ already exists|refusing to override existing file/,
    'proxmox.exists',
  ],
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
  return new ProxmoxError(codeOf(answer, said), sentence(what, answer, said), { answer })
}

function codeOf({ status }: ProxmoxAnswer, said: string): ProxmoxCode {
  if (status === 401) return 'proxmox.auth'
  if (status === 403) return 'proxmox.permission'
  if (status === 595 || status === 596) return 'proxmox.unreachable'
  const meaning = meaningOf(said)
  if (meaning) return meaning
  if (status === 404) return 'proxmox.not-found'
  if (status === 400 || status === 501 || status === 506) return 'proxmox.invalid'
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
    parts.push(`${parameter}: ${text.trim().replaceAll('\n', ', ')}`)
  }
  return parts.filter(Boolean).join('; ')
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
  if (status === 595 || status === 596)
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
  })
}

import { PanelError } from '@/lib/base/errors'

export type GitCode =
  | 'git.not-found'
  | 'git.unreachable'
  | 'git.auth'
  | 'git.host-key'
  | 'git.certificate'
  | 'git.no-repository'
  | 'git.redirected'
  | 'git.timeout'
  | 'git.cancelled'
  | 'git.damaged'
  | 'git.too-much'
  | 'git.failed'

/** A run of Git that failed. `message` holds its last words, without secrets. */
export class GitError extends PanelError {
  readonly code: GitCode
  override readonly transient: boolean

  constructor(code: GitCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'GitError'
    this.code = code
    this.transient = code === 'git.unreachable' || code === 'git.timeout'
  }
}

/**
 * What Git's last words mean, first match wins (Git 2.39 to 2.49 with LC_ALL=C, OpenSSH 9,
 * libcurl; most were provoked against a server on loopback, 2026-11-24).
 */
const MEANINGS: [RegExp, GitCode, string][] = [
  [
    /host key verification failed|remote host identification has changed|no .* host key is known/i,
    'git.host-key',
    'the server shows another host key than the accepted one - compare and accept it, or refuse to go on',
  ],
  [
    /certificate problem|certificate verification failed|unable to get local issuer/i,
    'git.certificate',
    'nobody that this machine trusts vouches for the server’s certificate - give the authority’s PEM in the settings',
  ],
  [
    /unable to update url base from redirection|returned error: 30\d/i,
    'git.redirected',
    'the server sends on to another address, where the token would go too - use that address itself',
  ],
  [
    /authentication failed|permission denied|could not read (username|password)|access denied|returned error: 40[13]|(may|can) ?not (push|write)|read-only/i,
    'git.auth',
    'the server does not let the panel in, or not to write - look at the deploy key or the token there',
  ],
  [
    /repository .*not found|does not appear to be a git repository|returned error: 404|project .* could not be found|not a git repository/i,
    'git.no-repository',
    'there is no such repository, or this key or token may not see it - look at the address',
  ],
  [
    /could not resolve|connection refused|timed out|connection reset|connection closed|no route to host|network is unreachable|failed to connect|could not connect|early eof|hung up unexpectedly|unexpected disconnect|returned error: 5\d\d|http code 5\d\d from proxy|connect tunnel failed, response 5\d\d|proxy connect aborted|could not read from remote/i,
    'git.unreachable',
    'the server does not answer as it should - it is tried again',
  ],
  [
    /(loose )?object .*(is empty|corrupt)|bad object|unable to (read|find) (tree|[0-9a-f]{40})|missing (blob|tree|commit)|packfile .* (cannot|is corrupt)|unable to create '.*\.lock'|cannot lock ref/i,
    'git.damaged',
    'the panel’s own copy is damaged - it is fetched anew',
  ],
]

/**
 * Words of Git or of a server in one line: without control characters and marks that turn the text
 * round, which forges colour their words with and which move a terminal.
 */
export const plainWords = (said: string): string =>
  said
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    .replace(/\u001b\[[\d;?]*[A-Za-z]/g, '')
    .replace(/[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()

/** The error for what Git wrote to its error stream; `doing` begins the message: `Fetching`. */
export function gitError(doing: string, said: string): GitError {
  const words = said
    .split('\n')
    .map(plainWords)
    .filter((line) => line !== '' && !line.startsWith('hint:'))
    .slice(-6)
    .join(' ')
    .slice(0, 600)
  const known = MEANINGS.find(([pattern]) => pattern.test(said))
  const [, code, why] = known ?? [null, 'git.failed' as const, 'see what Git says']
  return new GitError(code, `${doing} failed - ${why}. Git: ${words || 'nothing was said'}`)
}

/** What stands where a secret was. */
export const MASK = '[secret]'

/**
 * Words before a colon or equals sign whose value is a secret. `tokens:` and `secrets:` head lists.
 * Kept apart from what only mentions them: `token-ttl`, `secretName`, `passwordSecret`.
 */
// `existingSecret: name` and Kubernetes' type `v1.Secret:` hold no value.
const FIELD =
  '(?:(?<!existing|v1\\.)(?:pass(?:word|wd|phrase|code)|pwd|secret|token|credential|api[-_]?key|access[-_]?key|private[-_]?key|preshared[-_]?key|encryption[-_]?key|client[-_]?secret|secret[-_]?access[-_]?key|session[-_]?token|client-key-data|otp|totp))'

/** What looks like a secret whoever made it. `$1` is kept: it says what was there. */
const PATTERNS: readonly [RegExp, string][] = [
  // PVE's API token header, tickets and the token that goes with them; a token's id with its UUID.
  [/(PVEAPIToken=[^=\s]+=)[^\s'",;]+/g, `$1${MASK}`],
  [/(PVEAuthCookie=|CSRFPreventionToken["']?\s*[:=]\s*["']?)[^\s'",;]+/g, `$1${MASK}`],
  [
    /([\w.-]{1,64}@\w{1,32}![\w.-]{1,64}[=:]\s?)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi,
    `$1${MASK}`,
  ],
  // Headers: everything behind the name but the scheme.
  [
    /(\bauthorization["']?\s*[:=]\s*["']?(?:(?:bearer|basic|digest|negotiate|token|apikey)\s+)?)(?!\[secret\])[^"'\r\n]+/gi,
    `$1${MASK}`,
  ],
  [/(\b(?:set-)?cookie["']?\s*:\s*["']?)(?!\[secret\])[^"'\r\n]+/gi, `$1${MASK}`],
  [/((?:Bearer|Basic)\s+)[\w.~+/=-]{8,}/g, `$1${MASK}`],
  // kubeadm's bootstrap token and the key that control-plane certificates are uploaded under.
  [/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, MASK],
  [/(certificate-?key["']?[\s:=]+["']?)[0-9a-f]{64}\b/gi, `$1${MASK}`],
  // JWT, age, Drawbridge, GitHub, GitLab, Slack, AWS, hashes of passwords as crypt(3) writes them.
  [/\beyJ[\w-]{8,4000}\.eyJ[\w-]{8,8000}\.[\w-]*/g, MASK],
  [/\bAGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]+/gi, MASK],
  [/\b(?:dbt|gh[oprsu]|github_pat|glpat|xox[abprs])[_-][\w-]{16,}/g, MASK],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, MASK],
  [/\b(?:sk-(?:proj-|ant-)?|hvs\.|npm_|pypi-|AIza)[\w-]{20,}/g, MASK],
  // A registry's login is base64 of name and password; curl and sshpass take theirs as an argument.
  [/("auth"\s*:\s*")[\w+/=-]{8,}/g, `$1${MASK}`],
  [/(\s(?:-u|--user)[\s=]["']?[\w.@-]{1,64}:)[^\s"']+/g, `$1${MASK}`],
  [/(\bsshpass\s+-p\s*)(?!\[secret\])\S+/g, `$1${MASK}`],
  [/\$(?:1|2[abxy]|5|6|7|y|argon2(?:id|i|d))\$[\w./$,=+-]{16,}/g, MASK],
  // Base64 of a PEM that is neither a certificate nor a public key.
  [/LS0tLS1CRUdJTi(?!BDRVJUSUZJQ0FURS|BQVUJMSUMgS0VZ)[\w+/=-]{16,}/g, MASK],
  // A URL's password, or a token in the place of its user.
  [/(:\/\/[^/\s:@]*:)[^\s/]+(?=@)/g, `$1${MASK}`],
  [/(:\/\/)[\w-]{20,}(?=@)/g, `$1${MASK}`],
  // `kubectl create secret`: name and value.
  [/(--from-literal[=\s]["']?[\w.-]+=)(?:"[^"]*"|'[^']*'|[^\s"']+)/g, `$1${MASK}`],
  [
    /(--(?:token|password|passphrase)[\s=]+)(?!\[secret\])(?:"[^"]*"|'[^']*'|[^\s"']+)/g,
    `$1${MASK}`,
  ],
  // A line of YAML: everything behind the colon, also words with spaces between them.
  [
    /^(\s*(?:- )?["']?[\w.-]{0,64}(?:password|passwd|passphrase)["']?:\s+)(?!\[secret\]|["'{[|>&*]).+$/gi,
    `$1${MASK}`,
  ],
  // A field by its name, quoted (then to its closing quote, JSON in JSON included) or one word.
  [
    new RegExp(
      `(${FIELD}(?:\\\\*["'])?\\s*[:=]\\s*)(?:\\\\+"(?:(?!\\\\+").)*\\\\+"|"(?:[^"\\\\]|\\\\.)*"|'[^']*')`,
      'gi',
    ),
    `$1${MASK}`,
  ],
  [
    new RegExp(
      `(${FIELD}(?:\\\\*["'])?\\s*[:=]\\s*(?:\\\\*["'])?)(?!\\[secret\\]|null\\b|true\\b|false\\b)[^\\s'",;}\\])\\\\]+`,
      'gi',
    ),
    `$1${MASK}`,
  ],
]

/** Without one of these no pattern matches; asked first, because most lines have none. */
const HINT =
  /[:=]|\beyJ|\$\w+\$|AGE-|A[KS]IA|LS0tLS1|Bearer|Basic|--(?:token|pass|from)|(?:dbt|gh[oprsu]|github_pat|glpat|xox[abprs])[_-]|\b[a-z0-9]{6}\.[a-z0-9]{16}\b|certificate-?key|\b(?:sk-|hvs\.|npm_|pypi-|AIza)|sshpass|\s(?:-u|--user)\s/i

/** The text with what looks like a secret replaced. Of one line; keys over lines are `LineMasker`'s. */
export function maskPatterns(text: string): string {
  if (!HINT.test(text)) return text
  return PATTERNS.reduce((masked, [pattern, by]) => masked.replace(pattern, by), text)
}

/** Keys whose value is a secret, as charts name them. */
const SECRET_KEY =
  /(passw(or)?d|passphrase|token|secret|(api|access|secret|private|encryption|signing|session|cookie|shared)[-_]?key|credentials?|pwd|psk|htpasswd|(^|[-_])pass)$|[a-z]Pass$/i
/** Keys that hold a switch, or the name of a Kubernetes Secret or of a key in one, not its content. */
const NAME_OF_SECRET =
  /^(existing|create|enable|use|(auto)?mount)|(password|token|user|username|cert|existing)[-_]?secret[-_]?key$/i
/** Keys that hold the name of a Secret as often as its content. */
const OFTEN_A_NAME = /(^|tls|cert|ca|pull|image)[-_]?secret$/i
const KUBERNETES_NAME = /^[a-z][a-z0-9-]*[a-z]$/

const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/
/** `-----BEGIN` in base64, as a Secret's data or a kubeconfig has it. */
const ENCODED_PEM = /LS0tLS1CRUdJT[A-Za-z0-9+/]{40,}/g
/** Tokens whose makers gave them a shape: JWT, AWS, Drawbridge, GitHub, GitLab, Slack, Docker, Tailscale, Vault, age, k3s, PVE, webhooks, hashes of passwords. */
const SHAPED = new RegExp(
  `(?<![\\w$-])(?:${[
    'eyJ[\\w-]{8,}\\.eyJ[\\w-]{8,}\\.[\\w-]+',
    'A[KS]IA[0-9A-Z]{16}(?![\\w])',
    '(?:dbt|gh[oprsu]|github_pat|glpat|xox[abprs]|dckr_pat)[_-][\\w-]{16,}',
    'tskey-[a-z]+-[\\w-]{16,}',
    'hv[sb]\\.[\\w-]{20,}',
    'AGE-SECRET-KEY-1[0-9A-Z]{16,}',
    'K10[0-9a-f]{64}::\\S+',
    '[\\w.-]+@\\w+![\\w.-]+=[0-9a-f]{8}-[0-9a-f-]{27}',
    'hooks\\.slack\\.com/services/T\\w+/B\\w+/\\w{16,}',
    'discord(?:app)?\\.com/api/webhooks/\\d+/[\\w-]{30,}',
  ].join('|')})|(?:^|[\\s:='"])\\$(?:2[abxy]|5|6|y|argon2id)\\$\\S{16,}`,
)
/** The part after the colon is the password. */
const WITH_PASSWORD = /[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:([^/\s@]+)@/i
const WITH_TOKEN =
  /[?&](?:access_?token|auth_?token|token|api_?key|password|secret|private_?token)=([^&\s#]{8,})/i

/** No key, token or address with a password is shorter. */
const SHORTEST = 12

/** Texts shorter than this have too few letters to tell chance from words. */
const RANDOM_FROM = 28
/** Bits a letter: English has 4.1 at most in so short a text, random base64 of 28 letters 4.4. */
const RANDOM_BITS = 4.25

/** What a text looks like wherever it stands, as the middle of a sentence; null if it is no secret. */
export function whyAnywhere(text: string): string | null {
  // Asked of every text of a document with thousands of VMs: the cheap questions first.
  if (text.length < SHORTEST) return null
  if (text.includes('-----BEGIN') && PRIVATE_KEY.test(text)) return 'holds a private key'
  if (text.includes('LS0tLS1CRUdJT') && holdsEncodedKey(text))
    return 'holds a private key in base64, which everybody can read'
  if (text.includes('://')) {
    if (isWritten(WITH_PASSWORD.exec(text)?.[1])) return 'holds a password in an address'
    if (isWritten(WITH_TOKEN.exec(text)?.[1])) return 'holds a token in an address'
  }
  return SHAPED.test(text) ? 'looks like a token' : null
}

/** The same of a value of a chart, whose key, and lines of the form `key: value`, say more. */
export function whyValue(text: string, key: string): string | null {
  if (text !== '' && isNamed(key, text)) return 'looks like a secret in plain text'
  return (
    whyAnywhere(text) ??
    (holdsNamedLine(text)
      ? 'holds a secret in plain text'
      : isRandom(text)
        ? 'looks like a key made by chance'
        : null)
  )
}

/** The same of Kubernetes objects as text: a Secret's data is base64, which is no encryption. */
export function whyManifest(text: string): string | null {
  const anywhere = whyAnywhere(text)
  if (anywhere !== null) return anywhere
  const secrets = text
    .split(/^---.*$/m)
    .filter((each) => /^kind:\s*["']?Secret["']?\s*$/m.test(each))
  return secrets.some(holdsData)
    ? 'holds a Secret of Kubernetes, whose data is not encrypted'
    : null
}

/** A line of `data:` or `stringData:` with a value that neither SOPS nor a template gives. */
const holdsData = (secret: string): boolean =>
  [...secret.matchAll(/^(?:data|stringData):[ \t]*\n((?:[ \t]+.*\n?|[ \t]*\n)+)/gm)].some(
    ([, block]) =>
      block!.split('\n').some((line) => {
        const value = /^\s+["']?[\w.-]+["']?:\s*(\S.*)$/.exec(line)?.[1]
        return value !== undefined && !value.startsWith('ENC[') && isWritten(unquoted(value))
      }),
  )

function isNamed(key: string, text: string): boolean {
  if (!SECRET_KEY.test(key) || NAME_OF_SECRET.test(key) || !isWritten(text)) return false
  if (OFTEN_A_NAME.test(key) && KUBERNETES_NAME.test(text)) return false
  return !/^\/[\w./-]+$/.test(text)
}

/** `--password=x`, `DB_PASSWORD=x` and lines of a configuration file. */
const holdsNamedLine = (text: string): boolean =>
  /[=:]/.test(text) &&
  text.split('\n').some((line) => {
    const [, key, value] = /^\s*(?:-+\s*)?["']?([\w.-]+)["']?\s*[=:]\s*(\S.*)$/.exec(line) ?? []
    return key !== undefined && isNamed(key, unquoted(value!)) && !/^[|>]/.test(value!)
  })

const unquoted = (text: string): string => text.trim().replace(/^(["'])(.*)\1[,;]?$/, '$2')

/** Whether it is a value, not `{{ .Values.x }}`, `${PASSWORD}`, `$(cmd)`, `<token>` or nothing. */
const isWritten = (text: string | undefined): boolean =>
  text !== undefined &&
  text !== '' &&
  !/^(\{\{.*\}\}|\$\{.*\}|\$\(.*\)|\$__\w+\{.*\}|\$[A-Z_][A-Z0-9_]*|<[^>]*>|\*+|null|true|false|""|'')$/.test(
    text,
  )

const holdsEncodedKey = (text: string): boolean =>
  [...text.matchAll(ENCODED_PEM)].some(([encoded]) =>
    PRIVATE_KEY.test(atob(encoded.slice(0, Math.min(encoded.length - (encoded.length % 4), 80)))),
  )

/** Letters of three kinds, no words, no digest: as many bits as only chance gives. */
function isRandom(text: string): boolean {
  if (text.length < RANDOM_FROM || !/^[\w+/=-]+$/.test(text) || /^[0-9a-f]+$/i.test(text))
    return false
  if (!/[a-z]/.test(text) || !/[A-Z]/.test(text) || !/[0-9]/.test(text)) return false
  return bitsPerLetter(text) >= RANDOM_BITS
}

/** Shannon entropy of the text's own letters. */
function bitsPerLetter(text: string): number {
  const counts = new Map<string, number>()
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  return [...counts.values()].reduce((bits, count) => {
    const share = count / text.length
    return bits - share * Math.log2(share)
  }, 0)
}

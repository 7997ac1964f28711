import type { Json } from '../change'
import { isMap, isSecretRef } from '../json'
import type { Problem } from '../problem'
import { fixTo, warning } from './rule'
import type { Survey } from './survey'

const SECRET_KEY =
  /(passw(or)?d|passphrase|token|secret|api-?_?key|access-?_?key|private-?_?key|encryption-?_?key|credentials?|pwd|htpasswd)$/i
/** Keys that hold the name of a Kubernetes Secret or of a key in one, not its content. */
const NAME_OF_SECRET = /(existing|name|ref|namespace|path|mount|provider|issuer|ttl|url|endpoint)/i

const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/
/** Tokens whose makers gave them a shape: JWT, AWS, GitHub, GitLab, Slack, age, Drawbridge, PVE. */
const SHAPED =
  /^(?:eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*|A[KS]IA[0-9A-Z]{16}|(?:dbt|gh[oprsu]|github_pat|glpat|xox[abprs])[_-][\w-]{16,}|AGE-SECRET-KEY-1[0-9A-Z]+|\S+@\w+![\w.-]+=[0-9a-f-]{36}|\$(?:2[abxy]|5|6|y|argon2id)\$\S{16,})$/
const WITH_PASSWORD = /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@]+@/i

/** No key, token or address with a password is shorter. */
const SHORTEST = 20

/** Texts shorter than this have too few letters to tell chance from words. */
const RANDOM_FROM = 28
/** Bits a letter: English has 4.1 at most in so short a text, random base64 of 28 letters 4.4. */
const RANDOM_BITS = 4.25

/** `secret.inline`: a secret that everybody with the document can read. */
export function secretsAreSealed({ topology }: Survey): Problem[] {
  const used = new Set<string>()
  const found: Problem[] = []
  walk(topology as unknown as Json, [], (value, at, key) => {
    const why = whySecret(value, at, key)
    if (why === null) return
    const path = [...at]
    found.push(toProblem(path, why, canBeRef(path) ? sealedIn(value, path, used) : undefined))
  })
  return found
}

const toProblem = (path: readonly string[], why: string, fix: Sealed | undefined): Problem => {
  const place = path[2] === 'addOns' ? `${path.slice(5).join('.')} of ${path[3]}` : path.join('.')
  const [what, remedy] = fix
    ? [
        `Write "!secret ${fix.name}" and give it its value under Secrets`,
        fixTo(`Write !secret ${fix.name}`, { path, from: fix.from, to: fix.to }),
      ]
    : ['Take it out', undefined]
  return warning(
    'secret.inline',
    path,
    `${place} ${why} - everybody who reads the document, its history or its Git has it. ${what}, and change it where it counts: what was saved once stays in the history.`,
    remedy,
  )
}

/** A reference may stand in an add-on's values alone. */
const canBeRef = ([kind, , list, , field]: readonly string[]): boolean =>
  kind === 'clusters' && list === 'addOns' && field === 'values'

/** What it looks like, as the middle of a sentence; null if it is no secret. */
function whySecret(value: Json, path: readonly string[], key: string): string | null {
  const texts = Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [value]
  for (const text of texts) {
    const why = whyText(text, path, key)
    if (why !== null) return why
  }
  return null
}

function whyText(text: Json, path: readonly string[], key: string): string | null {
  if (typeof text !== 'string' && typeof text !== 'number') return null
  const written = String(text)
  // Asked of every text of a document with thousands of VMs: the cheap question first.
  if (written.length >= SHORTEST) {
    if (written.includes('-----BEGIN') && PRIVATE_KEY.test(written)) return 'holds a private key'
    if (written.includes('://') && WITH_PASSWORD.test(written))
      return 'holds a password in an address'
    if (SHAPED.test(written)) return 'looks like a token'
  }
  if (!canBeRef(path)) return null
  const named = SECRET_KEY.test(key) && !NAME_OF_SECRET.test(key)
  if (named && written !== '' && !isTemplate(written)) return 'looks like a secret in plain text'
  return typeof text === 'string' && isRandom(text) ? 'looks like a key made by chance' : null
}

/** `{{ .Values.x }}`, `${PASSWORD}`, `$(cmd)`: filled in by somebody else. */
const isTemplate = (text: string) => /^(\{\{.*\}\}|\$\{.*\}|\$\(.*\))$/.test(text)

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

type Sealed = { name: string; from: Json; to: Json }

/** The same place with a reference; in a list, for the items that are secrets. */
function sealedIn(value: Json, path: readonly string[], used: Set<string>): Sealed {
  const name = freeName(`${path[3]}-${path.slice(5).at(-1) ?? 'secret'}`, used)
  const ref = { $secret: name }
  if (!Array.isArray(value)) return { name, from: value, to: ref }
  const key = path.at(-1) ?? ''
  const to = value.map((item) => (whyText(item, path, key) === null ? item : ref))
  return { name, from: value, to }
}

/** `longhorn-admin-password`: an id as the document knows them, each once. */
function freeName(text: string, used: Set<string>): string {
  const base =
    text
      .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 55)
      .replace(/-+$/, '') || 'secret'
  let name = base
  for (let n = 2; used.has(name); n++) name = `${base}-${n}`
  used.add(name)
  return name
}

/** Parts of a VM whose texts have a form of their own, so that none can be a secret. */
const NO_ROOM = new Set(['nics', 'disks', 'tags', 'role', 'host', 'template', 'size', 'bios'])

/**
 * Every value that is no map; a list is one value, its inner maps are not walked. `path` is one array
 * that the walk goes on changing, so copy it.
 */
function walk(
  value: Json,
  path: string[],
  visit: (value: Json, path: readonly string[], key: string) => void,
): void {
  if (isSecretRef(value)) return
  if (isMap(value)) {
    const tight = path.length === 2 && path[0] === 'vms'
    for (const key in value) {
      if (tight && NO_ROOM.has(key)) continue
      path.push(key)
      walk(value[key] as Json, path, visit)
      path.pop()
    }
  } else if (value !== null) visit(value, path, path.at(-1) ?? '')
}

import type { Json } from '../change'
import { isMap, isSecretRef } from '../json'
import type { Problem } from '../problem'
import { fixTo, warning } from './rule'
import { whyAnywhere, whyManifest, whyValue } from './secret-text'
import type { Survey } from './survey'

/** `secret.inline`: a secret that everybody with the document can read. */
export function secretsAreSealed({ topology }: Survey): Problem[] {
  const used = new Set<string>()
  const found: Problem[] = []
  walk(topology as unknown as Json, [], (value, at) => {
    const why = whySecret(value, at)
    if (why === null) return
    const path = [...at]
    found.push(toProblem(path, why, canBeRef(path) ? sealedIn(value, path, used) : undefined))
  })
  return found
}

const toProblem = (path: readonly string[], why: string, fix: Sealed | undefined): Problem => {
  const place = fix ? `${path.slice(5).join('.')} of ${path[3]}` : path.join('.')
  const [what, remedy] = fix
    ? [
        `Write ${fix.names.map((name) => `"!secret ${name}"`).join(' and ')} and give it its value under Secrets`,
        fixTo(`Write !secret ${fix.names.join(', ')}`, { path, from: fix.from, to: fix.to }),
      ]
    : ['Take it out', undefined]
  return warning(
    'secret.inline',
    path,
    `${place} ${why} - everybody who reads the document, its history or its Git has it. ${what}, and change it where it counts: what was saved once stays in the history.`,
    remedy,
  )
}

/** A reference may stand in the values of an add-on or a chart alone. */
const canBeRef = ([kind, , list, , field]: readonly string[]): boolean =>
  kind === 'clusters' && (list === 'addOns' || list === 'charts') && field === 'values'

const isManifest = ([kind, , list, , field]: readonly string[]): boolean =>
  kind === 'clusters' && list === 'manifests' && field === 'text'

/** What the first secret in it looks like; null if there is none. */
function whySecret(value: Json, path: readonly string[]): string | null {
  const test = canBeRef(path) ? whyValue : isManifest(path) ? whyManifest : whyAnywhere
  let found: string | null = null
  mapTexts(value, path.at(-1) ?? '', (text, key) => {
    found ??= test(String(text), key)
    return text
  })
  return found
}

type Sealed = { names: string[]; from: Json; to: Json }

/** The same place with a reference for each secret in it. */
function sealedIn(value: Json, path: readonly string[], used: Set<string>): Sealed {
  const names: string[] = []
  const to = mapTexts(value, path.slice(5).at(-1) ?? 'secret', (text, key) => {
    if (whyValue(String(text), key) === null) return text
    const name = freeName(`${path[3]}-${key}`, used)
    names.push(name)
    return { $secret: name }
  })
  return { names, from: value, to }
}

/**
 * The value with each text and number of it replaced, down to any depth. `key` is what the text is
 * called: its own key, that of the list that it is in, or the `name` beside a `value`, as in `env`.
 */
function mapTexts(
  value: Json,
  key: string,
  replace: (text: string | number, key: string) => Json,
): Json {
  if (typeof value === 'string' || typeof value === 'number') return replace(value, key)
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, key, replace))
  if (!isMap(value)) return value
  const { name } = value
  return Object.fromEntries(
    Object.entries(value).map(([own, each]) => [
      own,
      mapTexts(each, own === 'value' && typeof name === 'string' ? name : own, replace),
    ]),
  )
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
 * Every value that is no map; a list is one value, whatever is in it. `path` is one array that the
 * walk goes on changing, so copy it.
 */
function walk(
  value: Json,
  path: string[],
  visit: (value: Json, path: readonly string[]) => void,
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
  } else if (value !== null) visit(value, path)
}

import { readFileSync, writeFileSync } from 'node:fs'
import { ENDPOINTS } from '@/lib/lab/api/endpoints'
import { TOLD_BY_HAND } from '@/lib/lab/api/schema/by-hand'

/**
 * Writes the parameters of the lab's endpoints anew, from PVE's own schema dumps of 8.4 and 9:
 * `npx tsx scripts/generate-lab-parameters.ts DUMP_8 DUMP_9`, then `npm run format`. A dump is
 * `{endpoints: [{method, path, protected, parameters}]}`; names and numbers alone are taken from it.
 */

type Property = {
  type?: string
  format?: string | object
  optional?: number
  enum?: string[]
  pattern?: string
  requires?: string
  $ref?: string
} & Partial<Record<'minimum' | 'maximum' | 'minLength' | 'maxLength' | 'index_max', number>>
type Dumped = { method: string; path: string; protected?: number; parameters?: object }

const [dump8, dump9] = process.argv.slice(2)
if (!dump8 || !dump9) throw new Error('Name the two schema dumps: of 8.4 and of 9.')
const read = (path: string): Map<string, Dumped> =>
  new Map(
    (JSON.parse(readFileSync(path, 'utf8')) as { endpoints: Dumped[] }).endpoints.map((each) => [
      `${each.method} ${each.path}`,
      each,
    ]),
  )

const propertiesOf = ({ parameters = {} }: Dumped): Record<string, Property> =>
  (parameters as { properties?: Record<string, Property> }).properties ??
  ('additionalProperties' in parameters ? {} : (parameters as Record<string, Property>))

/** Formats whose check is written in lib/lab/api/params.ts go by their own name, without `pve-`. */
const formatName = (format: string | object | undefined): string =>
  typeof format === 'string' ? format.replace(/^pve-/, '') : 'str'

function typeOf(property: Property): string {
  if (property.type === 'integer' || property.type === 'number') {
    const limits = [property.minimum, property.maximum].map((limit) => limit ?? '')
    const name = property.type === 'integer' ? 'int' : 'num'
    return limits.some((limit) => limit !== '') ? `${name}(${limits.join(',')})` : name
  }
  if (property.type === 'boolean') return 'bool'
  if (property.type === 'array') return 'list'
  if (property.enum) return `enum(${property.enum.join(',')})`
  return formatName(property.format)
}

/** A pattern of Perl's in JavaScript's words; `(?i)` at its beginning asks for either case. */
const toOurs = (pattern: string): string =>
  `${pattern.includes('(?^i:') ? '(?i)' : ''}${pattern
    .replace(/\(\?\^i?:/g, '(?:')
    .replaceAll('\\@', '@')
    .replaceAll(' ', '\\x20')}`

function wordOf(name: string, property: Property): string {
  const family = /^(.*)\[n\]$/.exec(name)?.[1]
  const { minLength, maxLength, requires, pattern } = property
  return [
    family === undefined ? name : `${family}[${property.index_max ?? 9}]`,
    property.optional ? '?' : '',
    `:${typeOf(property)}`,
    minLength === undefined && maxLength === undefined
      ? ''
      : `#${minLength ?? 0}..${maxLength ?? ''}`,
    requires ? `!${requires}` : '',
    pattern && !property.enum ? `~${toOurs(pattern)}` : '',
  ].join('')
}

/** A definition that a dump only points to: the other release's, or one of the same name nearby. */
function resolved(key: string, name: string, property: Property, other: Map<string, Dumped>) {
  if (property.$ref === undefined && Array.isArray(property.enum ?? [])) return property
  const same = other.get(key)
  const found = same ? propertiesOf(same)[name] : undefined
  if (found) return found
  const parts = (call: string) => call.replace(/^\w+ /, '').split('/')
  const own = parts(key)
  const shared = (call: string) => parts(call).filter((part, at) => part === own[at]).length
  const near = [...recent.entries(), ...other.entries()]
    .flatMap(([path, each]) => {
      const candidate = propertiesOf(each)[name]
      const usable =
        candidate && candidate.$ref === undefined && Array.isArray(candidate.enum ?? [])
      return usable ? [{ candidate, shared: shared(path) }] : []
    })
    .sort((one, two) => two.shared - one.shared)
  return near[0]?.candidate ?? { type: 'string', optional: 1 }
}

function line(key: string, endpoint: Dumped, other: Map<string, Dumped>): string {
  const words = Object.entries(propertiesOf(endpoint))
    .filter(([name]) => name !== '$ref')
    .sort(([one], [two]) => one.localeCompare(two))
    .map(([name, property]) => wordOf(name, resolved(key, name, property, other)))
  return `${endpoint.protected ? '! ' : ''}${TOLD_BY_HAND.has(key) ? '*' : words.join(' ')}`.trim()
}

const [old, recent] = [read(dump8), read(dump9)]
const keys = ENDPOINTS.map(({ method, path }) => `${method} ${path}`).sort()
const eight: Record<string, string> = {}
const nine: Record<string, string | null> = {}
for (const key of keys) {
  const [one, two] = [old.get(key), recent.get(key)]
  if (one) eight[key] = line(key, one, old)
  const text = two ? line(key, two, old) : null
  if (two ? text !== eight[key] : one && recent.size > 0) nine[key] = text
  if (!one && !two) console.error(`in neither dump: ${key}`)
}
writeFileSync(
  new URL('../lib/lab/api/schema/parameters.json', import.meta.url),
  `${JSON.stringify({ '8.4': eight, '9': nine }, null, 2)}\n`,
)

import { invalid } from './answer'
import { whyNotFormat } from './formats'

/**
 * Parameters as PVE checks them (JSONSchema.pm of pve-common). Written as words:
 * `newid:vmid name?:dns-name net[31]?:net cores?:int(1,)`. `?` optional, `[n]` the highest index of a
 * numbered family; after the type may come `#least..most` characters, `!other` that has to be there
 * as well, and `~pattern`.
 */
export type ParamSpec = {
  name: string
  optional: boolean
  indexMax: number | null
  /** `str`, `int`, `num`, `bool`, `list`, `enum`, `text`, or a format of {@link whyNotFormat}. */
  type: string
  args: string[]
  lengths?: { least: number; most: number }
  requires?: string
  pattern?: RegExp
}

const WORD =
  /^([\w.-]+)(?:\[(\d+)\])?(\?)?:([\w-]+)(?:\(([^)]*)\))?(?:#(\d+)\.\.(\d*))?(?:!([\w.-]+))?(?:~(.*))?$/

const toRegExp = (pattern: string): RegExp =>
  new RegExp(`^(?:${pattern.replace(/^\(\?i\)/, '')})$`, pattern.startsWith('(?i)') ? 'i' : '')

function parseWord(word: string): ParamSpec {
  const match = WORD.exec(word)
  if (!match) throw new Error(`not a parameter: ${word}`)
  const [, name = '', indexMax, optional, type = '', args, least, most, requires, pattern] = match
  return {
    name,
    optional: optional === '?',
    indexMax: indexMax === undefined ? null : Number(indexMax),
    type,
    args: args ? args.split(',') : [],
    ...(least === undefined
      ? {}
      : {
          lengths: { least: Number(least), most: most ? Number(most) : Number.POSITIVE_INFINITY },
        }),
    ...(requires === undefined ? {} : { requires }),
    ...(pattern === undefined ? {} : { pattern: toRegExp(pattern) }),
  }
}

export const parseParamSpecs = (text: string): ParamSpec[] =>
  text.split(/\s+/).filter(Boolean).map(parseWord)

/** Patterns of our own words; PVE's come with {@link ParamSpec.pattern}. */
const PATTERNS: Readonly<Record<string, RegExp>> = {
  size: /^\+?\d+(\.\d+)?[KMGT]?$/,
  serial: /^(\/dev\/.+|socket)$/,
}

const SLOT =
  /^(ide[0-3]|sata[0-5]|scsi([12]?\d|30)|virtio(\d|1[0-5])|efidisk0|tpmstate0|unused\d{1,3})$/

function whyNotNumber(value: string, [least, most]: string[], whole: boolean): string | null {
  if (!(whole ? /^[+-]?\d+$/ : /^[+-]?\d+(\.\d+)?$/).test(value))
    return `type check ('${whole ? 'integer' : 'number'}') failed - got '${value}'`
  if (least && Number(value) < Number(least)) return `value must have a minimum value of ${least}`
  if (most && Number(value) > Number(most)) return `value must have a maximum value of ${most}`
  return null
}

const whyNotOneOf = (value: string, allowed: string[], shown = allowed.join(', ')) =>
  allowed.includes(value)
    ? null
    : `value '${value}' does not have a value in the enumeration '${shown}'`

/** What is wrong with a text, in PVE's words and order: type, pattern, lengths, format, range. */
function whyNotText(spec: ParamSpec, value: string): string | null {
  const { type, args, lengths, pattern } = spec
  if (type === 'bool')
    return /^[01]$/.test(value) ? null : `type check ('boolean') failed - got '${value}'`
  if (type === 'int' || type === 'num') return whyNotNumber(value, args, type === 'int')
  const wanted = pattern ?? PATTERNS[type]
  if (wanted && !wanted.test(value)) return 'value does not match the regex pattern'
  const most = type === 'text' ? Number(args[0]) : lengths?.most
  if (lengths && value.length < lengths.least)
    return `value must be at least ${lengths.least} characters long`
  if (most !== undefined && value.length > most) return `value may only be ${most} characters long`
  if (type === 'enum') return whyNotOneOf(value, args)
  if (type === 'slot') return SLOT.test(value) ? null : whyNotOneOf(value, [], 'ide0, ide1, ...')
  return whyNotFormat(type, value)
}

/** Values as text, JSON's booleans as 0 and 1; null for what has none. */
function toText(value: unknown): string | null {
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  return null
}

function findSpec(specs: readonly ParamSpec[], key: string): ParamSpec | undefined {
  return specs.find((spec) => {
    if (spec.indexMax === null) return spec.name === key
    const index = key.startsWith(spec.name) ? key.slice(spec.name.length) : ''
    return /^(0|[1-9]\d*)$/.test(index) && Number(index) <= spec.indexMax
  })
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  int: 'integer',
  num: 'number',
  bool: 'boolean',
}

function whyNot(spec: ParamSpec, value: unknown): string | null {
  if (spec.type === 'list' && Array.isArray(value)) return null
  const text = toText(value)
  if (text !== null) return whyNotText(spec, text)
  const got = Array.isArray(value) ? 'ARRAY' : 'HASH'
  return `type check ('${TYPE_NAMES[spec.type] ?? 'string'}') failed - got ${got}`
}

const UNKNOWN =
  'property is not defined in schema and the schema does not allow additional properties'

/**
 * Every parameter as text, or one 400 that names all faults at once. Lists stay as newline-joined
 * text. Unknown parameters are refused, as PVE's schemas allow no additional ones.
 */
export function verifyParams(
  specs: readonly ParamSpec[],
  given: Record<string, unknown>,
): Record<string, string> {
  const errors: Record<string, string> = {}
  const values: Record<string, string> = {}
  for (const [key, value] of Object.entries(given)) {
    const spec = findSpec(specs, key)
    const fault = spec ? whyNot(spec, value) : UNKNOWN
    if (fault) errors[key || '_root'] = fault
    else values[key] = Array.isArray(value) ? value.join('\n') : (toText(value) as string)
    if (spec?.requires && !(spec.requires in given))
      errors[spec.requires] = `missing property - '${key}' requires this property`
  }
  for (const spec of specs)
    if (!spec.optional && spec.indexMax === null && !(spec.name in given))
      errors[spec.name] = 'property is missing and it is not optional'
  if (Object.keys(errors).length > 0) throw invalid(errors)
  return values
}

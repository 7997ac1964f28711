import { parseDrive } from '../vm/drive'
import { parseNet, whyNotNet } from '../vm/net'
import { invalid } from './answer'

/**
 * Parameters as PVE checks them (JSONSchema.pm of pve-common; names, ranges and enums from PVE 9's
 * own schema dump). Written as words: `newid:vmid name?:dns-name net[31]?:net cores?:int(1,)`.
 * `?` optional, `[n]` the highest index of a numbered family.
 */
export type ParamSpec = {
  name: string
  optional: boolean
  indexMax: number | null
  type: string
  args: string[]
}

const WORD = /^([\w-]+)(?:\[(\d+)\])?(\?)?:([\w-]+)(?:\((.*)\))?$/

export function parseParamSpecs(text: string): ParamSpec[] {
  return text
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => {
      const match = WORD.exec(word)
      if (!match) throw new Error(`not a parameter: ${word}`)
      const [, name = '', indexMax, optional, type = '', args] = match
      return {
        name,
        optional: optional === '?',
        indexMax: indexMax === undefined ? null : Number(indexMax),
        type,
        args: args ? args.split(',') : [],
      }
    })
}

type Check = (value: string, args: string[]) => string | null

const pattern =
  (regex: RegExp, message: string): Check =>
  (value) =>
    regex.test(value) ? null : message

const integer: Check = (value, [min, max]) => {
  if (!/^[+-]?\d+$/.test(value)) return `type check ('integer') failed - got '${value}'`
  if (min && Number(value) < Number(min)) return `value must have a minimum value of ${min}`
  if (max && Number(value) > Number(max)) return `value must have a maximum value of ${max}`
  return null
}

const enumerated: Check = (value, args) =>
  args.includes(value)
    ? null
    : `value '${value}' does not have a value in the enumeration '${args.join(', ')}'`

const ipconfig: Check = (value) => {
  const parts = new Map(value.split(',').map((part) => part.split('=') as [string, string]))
  const ip = parts.get('ip')
  if (parts.has('gw') && !ip)
    return "invalid format - format error\nipconfig0.ip: missing property - 'ipconfig0.gw' requires this property\n"
  if (ip && ip !== 'dhcp' && !/^\d+(\.\d+){3}\/\d+$/.test(ip))
    return 'invalid format - format error\nipconfig0.ip: invalid format - value does not look like a valid ipv4 network configuration\n'
  return null
}

const memory: Check = (value) => {
  const amount = /^(?:current=)?(\d+)$/.exec(value)?.[1]
  if (!amount)
    return `invalid format - format error\nmemory.current: type check ('integer') failed - got '${value}'\n`
  return Number(amount) < 16
    ? 'invalid format - format error\nmemory.current: value must have a minimum value of 16\n'
    : null
}

/** What is wrong with a value of each type, in PVE's words, or null. */
const CHECKS: Record<string, Check> = {
  str: () => null,
  text: (value, [max]) =>
    max && value.length > Number(max) ? `value may only be ${max} characters long` : null,
  int: integer,
  num: (value) =>
    /^[+-]?\d+(\.\d+)?$/.test(value) ? null : `type check ('number') failed - got '${value}'`,
  bool: pattern(/^[01]$/, ''),
  enum: enumerated,
  vmid: (value) =>
    /^[1-9]\d{2,8}$/.test(value)
      ? null
      : 'invalid format - value does not look like a valid VM ID\n',
  'dns-name': pattern(
    /^(?!-)[a-zA-Z0-9-]{1,63}(?<!-)(\.(?!-)[a-zA-Z0-9-]{1,63}(?<!-))*$/,
    'invalid format - value does not look like a valid DNS name\n',
  ),
  configid: (value) =>
    /^[a-z][a-z0-9_-]+$/i.test(value)
      ? null
      : `invalid format - invalid configuration ID '${value}'\n`,
  storage: (value) =>
    /^[a-z][a-z0-9\-_.]*[a-z0-9]$/i.test(value)
      ? null
      : `invalid format - storage ID '${value}' contains illegal characters\n`,
  node: pattern(
    /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/,
    'invalid format - value does not look like a valid node name\n',
  ),
  size: pattern(/^\+?\d+(\.\d+)?[KMGT]?$/, 'value does not match the regex pattern'),
  serial: pattern(/^(\/dev\/.+|socket)$/, 'value does not match the regex pattern'),
  tags: pattern(
    /^[a-zA-Z0-9_][a-zA-Z0-9_\-+.]*([;, ][a-zA-Z0-9_][a-zA-Z0-9_\-+.]*)*$/,
    'invalid format - invalid characters in tag\n',
  ),
  drive: (value) =>
    parseDrive(value)
      ? null
      : 'invalid format - format error\nfile: property is missing and it is not optional\n',
  net: (value) => (parseNet(value) ? whyNotNet(value) : whyNotNet(value)),
  slot: pattern(
    /^(ide[0-3]|sata[0-5]|scsi([12]?\d|30)|virtio(\d|1[0-5])|efidisk0|tpmstate0|unused\d{1,3})$/,
    "value does not have a value in the enumeration 'ide0, ide1, ...'",
  ),
  ipconfig,
  memory,
  urlencoded: (value) =>
    /^[-%a-zA-Z0-9_.!~*'()]*$/.test(value)
      ? null
      : `invalid format - invalid urlencoded string: ${value}\n`,
}

/** Values as text, JSON's booleans as 0 and 1; arrays are left for the check to refuse. */
function toText(value: unknown): string | null {
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  return null
}

function findSpec(specs: ParamSpec[], key: string): ParamSpec | undefined {
  return specs.find((spec) => {
    if (spec.indexMax === null) return spec.name === key
    const index = new RegExp(`^${spec.name}(0|[1-9]\\d*)$`).exec(key)?.[1]
    return index !== undefined && Number(index) <= spec.indexMax
  })
}

function whyNot(spec: ParamSpec, value: unknown): string | null {
  if (spec.type === 'list' && Array.isArray(value)) return null
  const text = toText(value)
  if (text === null)
    return `type check ('${spec.type === 'int' ? 'integer' : 'string'}') failed - got ${Array.isArray(value) ? 'ARRAY' : 'HASH'}`
  if (spec.type === 'bool' && !/^[01]$/.test(text))
    return `type check ('boolean') failed - got '${text}'`
  return (CHECKS[spec.type] ?? CHECKS.str)?.(text, spec.args) ?? null
}

/**
 * Every parameter as text, or one 400 that names all faults at once. Lists stay as newline-joined
 * text. Unknown parameters are refused, as PVE's schemas allow no additional ones.
 */
export function verifyParams(
  specs: ParamSpec[],
  given: Record<string, unknown>,
): Record<string, string> {
  const errors: Record<string, string> = {}
  const values: Record<string, string> = {}
  for (const [key, value] of Object.entries(given)) {
    const spec = findSpec(specs, key)
    const fault = spec
      ? whyNot(spec, value)
      : 'property is not defined in schema and the schema does not allow additional properties'
    if (fault) errors[key] = fault
    else values[key] = Array.isArray(value) ? value.join('\n') : (toText(value) as string)
  }
  for (const spec of specs)
    if (!spec.optional && spec.indexMax === null && !(spec.name in given))
      errors[spec.name] = 'property is missing and it is not optional'
  if (Object.keys(errors).length > 0) throw invalid(errors)
  return values
}

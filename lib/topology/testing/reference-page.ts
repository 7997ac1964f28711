import { type Published, publishedSchema, SCHEMA_PATH } from '../published-schema'

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const row = (...cells: string[]) => `| ${cells.map(cell).join(' | ')} |`
const HEAD = [row('field', 'value', 'meaning', 'if absent'), '|---|---|---|---|'].join('\n')

/** docs/fields.md. Generated; `npx vitest run lib/topology/published-schema.test.ts -u` renews it. */
export function referencePage(): string {
  const schema = publishedSchema()
  const sections = Object.entries(schema.properties ?? {}).map(
    ([key, section]) => `## ${key}\n${sectionText(key, section as Published)}`,
  )
  return `# Every field of the document

Generated from the schema and its tables in \`lib/topology/fields\`; a test keeps it true. [document.md](document.md) says how the text is read and changed, [rules.md](rules.md) what can be wrong with it and which fields no step of a plan makes real yet.

The same as JSON Schema (2020-12): \`public${SCHEMA_PATH}\`, which each panel serves at \`${SCHEMA_PATH}\` to everybody.

\`<id>\` is an id; *id of hosts* is the id of another object. **Bold** fields have to be written. Numbers are whole, in the unit that the key names.

${sections.join('\n\n')}
`
}

function sectionText(key: string, section: Published): string {
  const whole = `${section.description} ${absentOf(section, key === 'drawbridge' || key === 'name')}`
  const rows = rowsOf(section, '')
  if (rows.length === 0) return `${kindOf(section)}. ${whole}`.trim()
  return `${whole}\n\n${[HEAD, ...rows].join('\n')}`
}

function absentOf(field: Published, required: boolean): string {
  if (required) return 'It has to be written.'
  return `If absent: ${absence(field)}.`
}

const absence = (field: Published): string =>
  field['x-absent'] ?? (field.default === undefined ? '' : `\`${JSON.stringify(field.default)}\``)

/** The rows of what is under a field; those of an object in a map are under its id. */
function rowsOf(schema: Published, prefix: string): string[] {
  const required = new Set(schema.required)
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const field = property as Published
    const name = `\`${prefix}${key}\``
    const first = row(
      required.has(key) ? `**${name}**` : name,
      kindOf(field),
      field.description ?? '',
      required.has(key) ? '' : absence(field),
    )
    return [first, ...rowsOf(field, `${prefix}${key}.`)]
  })
  const { additionalProperties: each, items } = schema
  return [
    ...own,
    ...(typeof each === 'object' ? rowsOf(each as Published, `${prefix}<id>.`) : []),
    ...(items ? rowsOf(items as Published, prefix === '' ? '' : `${prefix.slice(0, -1)}[].`) : []),
  ]
}

function kindOf(field: Published): string {
  const unit = field['x-unit'] === undefined ? '' : `, ${field['x-unit']}`
  if (field.anyOf) return '`!secret` name'
  if (field.const !== undefined) return `\`${JSON.stringify(field.const)}\``
  if (field.enum) return field.enum.map((each) => `\`${each}\``).join(', ')
  if (field.reference) return `id of ${field.reference}`
  if (field.items) return `list of ${itemOf(field.items as Published)}`
  if (field.type === 'object') return objectOf(field)
  if (field.type === 'integer') return `number${rangeOf(field)}${unit}`
  if (field.type === 'boolean') return 'true or false'
  if (field.type === 'string') return textOf(field)
  return 'any value'
}

function itemOf(items: Published): string {
  if (items.reference) return `ids of ${items.reference}`
  if (items.enum) return items.enum.map((each) => `\`${each}\``).join(', ')
  return items.properties ? 'objects' : `${textOf(items)}s`
}

function objectOf(field: Published): string {
  if (field.properties) return 'object'
  const { additionalProperties: each } = field
  return typeof each === 'object' && each.properties ? 'objects by id' : 'tree of values'
}

const FORMATS: Record<string, string> = {
  ...{ ipv4: 'IPv4 address', ipv6: 'IPv6 address', cidrv4: 'IPv4 block', cidrv6: 'IPv6 block' },
  ...{ uri: 'URL', date: 'date' },
}

const textOf = ({ format, maxLength }: Published): string =>
  FORMATS[format ?? ''] ?? (maxLength === undefined ? 'text' : `text, at most ${maxLength}`)

function rangeOf({ minimum, exclusiveMinimum, maximum }: Published): string {
  const from = minimum ?? (exclusiveMinimum === undefined ? undefined : exclusiveMinimum + 1)
  const to = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum
  if (from === undefined || from < 0) return ''
  return to === undefined ? `, from ${from}` : `, ${from} to ${to}`
}

import { isSecretRef } from '@/lib/catalogue/values'

/**
 * Values as they would stand in a document: YAML for reading, with secrets as `!secret name`. Its
 * own few lines, so that a page that only shows them ships no YAML library.
 */
export function valuesText(value: unknown): string {
  return lines(value).join('\n')
}

function lines(value: unknown): string[] {
  if (Array.isArray(value)) {
    if (value.length === 0) return ['[]']
    return value.flatMap((item) => {
      const [first = '', ...rest] = lines(item)
      return [`- ${first}`, ...rest.map((line) => `  ${line}`)]
    })
  }
  if (isSecretRef(value)) return [`!secret ${value.$secret}`]
  if (typeof value !== 'object' || value === null) return [scalar(value)]
  const entries = Object.entries(value)
  if (entries.length === 0) return ['{}']
  return entries.flatMap(([key, item]) => {
    const below = lines(item)
    const name = scalar(key)
    return isNested(item)
      ? [`${name}:`, ...below.map((line) => `  ${line}`)]
      : [`${name}: ${below[0]}`]
  })
}

const isNested = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !isSecretRef(value) &&
  Object.keys(value).length > 0

/** Quoted where YAML would read it as something else. */
function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'null'
  const plain = /^[A-Za-z/][\w./@-]*( [\w./@-]+)*$/.test(value)
  const word = /^(true|false|yes|no|on|off|null|y|n)$/i.test(value)
  return plain && !word ? value : JSON.stringify(value)
}

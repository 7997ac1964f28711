import type { Json } from '@/lib/topology/change'
import type { Field } from '@/lib/topology/fields/field'
import { parseQuantity } from '@/lib/topology/parse-quantity'

/** What was typed into a field: its value (undefined removes it), or what is wrong with it. */
export type Typed = { ok: true; value: Json | undefined } | { ok: false; message: string }

/** The text that a field's control shows; empty when absent. */
export function fieldText(field: Field, value: Json | undefined): string {
  if (value === undefined) return ''
  if (field.control === 'values') return JSON.stringify(value, null, 2)
  if (field.control === 'secret') return String((value as { $secret?: string }).$secret ?? '')
  if (Array.isArray(value)) return value.map(String).join('\n')
  if (typeof value === 'object' && value !== null) return JSON.stringify(value)
  return String(value)
}

/** Reads what a person typed: "16 GiB" where a unit is kept, one entry a line in lists. */
export function readField(field: Field, text: string): Typed {
  const trimmed = text.trim()
  if (trimmed === '') {
    return field.required
      ? { ok: false, message: `${field.label} is needed.` }
      : { ok: true, value: undefined }
  }
  switch (field.control) {
    case 'number':
      return readNumber(field, trimmed)
    case 'list':
      return {
        ok: true,
        value: trimmed
          .split(/[\n,]/)
          .map((each) => each.trim())
          .filter(Boolean),
      }
    case 'values':
      return readJson(trimmed)
    case 'secret':
      return readSecretName(trimmed)
    case 'mac':
      return readPattern(field, trimmed.toUpperCase())
    default:
      return readPattern(field, trimmed)
  }
}

function readNumber(field: Field, text: string): Typed {
  const value =
    field.unit === 'MiB' || field.unit === 'GiB' ? parseQuantity(text, field.unit) : Number(text)
  if (value === null || !Number.isFinite(value)) {
    const example = field.unit ? ` such as 16 ${field.unit}` : ''
    return { ok: false, message: `"${text}" is no number - write one${example}.` }
  }
  if (field.integer && !Number.isInteger(value)) {
    return {
      ok: false,
      message: `${text} is no whole number${field.unit ? ` of ${field.unit}` : ''}.`,
    }
  }
  if (field.min !== undefined && value < field.min) {
    return { ok: false, message: `${field.label} is at least ${field.min}.` }
  }
  if (field.max !== undefined && value > field.max) {
    return { ok: false, message: `${field.label} is at most ${field.max}.` }
  }
  return { ok: true, value }
}

const EXAMPLES: Partial<Record<Field['control'], string>> = {
  address: 'write an IPv4 address such as 10.2.0.11',
  cidr: 'write a network such as 10.2.0.0/24',
  mac: 'write a MAC address such as BC:24:11:0A:00:01',
}

function readPattern(field: Field, text: string): Typed {
  if (field.pattern !== undefined && !new RegExp(field.pattern, 'u').test(text)) {
    const hint =
      EXAMPLES[field.control] ??
      'use lower-case letters, digits and inner hyphens where a name is meant'
    return { ok: false, message: `"${text}" does not fit ${field.label.toLowerCase()} - ${hint}.` }
  }
  if (field.maxLength !== undefined && text.length > field.maxLength) {
    return {
      ok: false,
      message: `${field.label} has ${text.length} of ${field.maxLength} characters.`,
    }
  }
  return { ok: true, value: text }
}

/** The name of a sealed secret, also where somebody writes it as the text does. */
function readSecretName(text: string): Typed {
  const name = text.replace(/^!secret\s+/, '')
  return /^(?![0-9]+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)
    ? { ok: true, value: { $secret: name } }
    : {
        ok: false,
        message:
          'This is no name of a secret - the value itself never stands here - write a name such as pve1-bmc-password and set its value under Secrets.',
      }
}

function readJson(text: string): Typed {
  try {
    return { ok: true, value: JSON.parse(text) as Json }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { ok: false, message: `This is no JSON - ${error.message}.` }
  }
}

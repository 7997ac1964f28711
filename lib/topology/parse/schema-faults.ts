import type { z } from 'zod'
import type { Json } from '../change'
import { fieldAt, keyOrder, shapeAt } from '../shape'
import { nearest } from './nearest'

/** One fault of the schema, without a place in a text. */
export type SchemaFault = {
  code: string
  path: string[]
  /** Whether the key itself is at fault, not its value. */
  part: 'key' | 'value'
  message: string
}

/** The schema's issues in words: what is wrong, and what to write instead. */
export function schemaFaults(issues: readonly z.core.$ZodIssue[], value: Json): SchemaFault[] {
  return issues.flatMap((issue) => faultsOf(issue, value))
}

function faultsOf(issue: z.core.$ZodIssue, value: Json): SchemaFault[] {
  const path = issue.path.map(String)
  const name = path.join('.') || 'The document'
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField([...path, key]))
    case 'invalid_key':
      return [
        {
          code: 'schema.id',
          path,
          part: 'key',
          message: `"${path.at(-1)}" cannot be an id - ${issue.issues[0]?.message ?? 'it is malformed'}.`,
        },
      ]
    case 'invalid_type':
      return [wrongType(issue, path, valueAt(value, path))]
    case 'invalid_value':
      return [
        {
          code: valueAt(value, path) === undefined ? 'schema.missing' : 'schema.option',
          path,
          part: 'value',
          message: `${name} is ${show(valueAt(value, path))} - write one of ${issue.values.join(', ')}${suggestion(valueAt(value, path), issue.values.map(String))}.`,
        },
      ]
    default:
      return [
        {
          code: issue.code === 'invalid_format' ? 'schema.format' : 'schema.range',
          path,
          part: 'value',
          message: `${name} is ${show(valueAt(value, path))} - ${range(issue) ?? issue.message}.`,
        },
      ]
  }
}

function unknownField(path: string[]): SchemaFault {
  const key = path.at(-1)!
  const known = keyOrder(shapeAt(path.slice(0, -1))) ?? []
  const near = nearest(key, known)
  const owner = path.length > 1 ? path.slice(0, -1).join('.') : 'the document'
  const hint = near ? `did you mean ${near}?` : `known are ${known.join(', ')}.`
  return {
    code: 'schema.unknown-field',
    path,
    part: 'key',
    message: `${key} is no field of ${owner} - ${hint}`,
  }
}

function wrongType(issue: z.core.$ZodIssueInvalidType, path: string[], value: Json | undefined) {
  const name = path.join('.') || 'The document'
  const field = fieldAt(path)
  const wanted = field?.unit ? `a whole number of ${field.unit}` : WANTED[issue.expected]
  const message =
    value === undefined
      ? `${name} is missing - write ${wanted ?? issue.expected}.`
      : issue.expected === 'string' && typeof value !== 'object'
        ? `${name} is read as ${value === null ? 'nothing' : `a ${typeof value}`} - put it in quotes to make it a text.`
        : `${name} is ${show(value)} - write ${wanted ?? issue.expected}.`
  const code = value === undefined ? 'schema.missing' : 'schema.type'
  return { code, path, part: value === undefined ? 'key' : 'value', message } as SchemaFault
}

const WANTED: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'fields, one a line',
  record: 'objects by id',
}

const suggestion = (value: Json | undefined, options: string[]) => {
  const near = typeof value === 'string' ? nearest(value, options) : null
  return near ? `; did you mean ${near}?` : ''
}

function range(issue: z.core.$ZodIssue): string | null {
  if (issue.code === 'too_big')
    return `at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`
  if (issue.code === 'too_small')
    return `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${issue.origin === 'string' ? ' characters' : ''}`
  return null
}

function show(value: Json | undefined): string {
  if (value === undefined) return 'missing'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

const valueAt = (value: Json, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>(
    (each, key) =>
      typeof each === 'object' && each !== null
        ? (each as { [key: string]: Json })[key]
        : undefined,
    value,
  )

'use client'

import { Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/field'
import type { Json } from '@/lib/topology/change'
import type { Field } from '@/lib/topology/fields/field'
import { keyNameAt, type NamePattern } from '@/lib/topology/model/names'
import type { Problem } from '@/lib/topology/problem'
import { useEditor, useEditorStore } from '../editor/editor-context'
import { blankObject } from './blank-object'
import { FieldRow } from './field-row'
import { fieldsAt, valueAt } from './fields-at'
import { NetworkHint } from './network-hint'

/** The form of the object at a path, made from the schema's field table. */
export function ObjectForm({ path, readOnly }: { path: readonly string[]; readOnly: boolean }) {
  return <Fields fields={fieldsAt(path)} path={path} readOnly={readOnly} />
}

function Fields({
  fields,
  path,
  readOnly,
}: {
  fields: readonly Field[]
  path: readonly string[]
  readOnly: boolean
}) {
  const object = useEditor((editor) => valueAt(editor.history.doc.topology, path))
  const problems = useEditor((editor) => editor.problems)
  const value = isMap(object) ? object : {}
  const shown = (field: Field) =>
    field.required === true ||
    value[field.key] !== undefined ||
    MAIN.has(field.key) ||
    problems.some((problem) => startsWith(problem.path, [...path, field.key]))
  const main = fields.filter(shown)
  const more = fields.filter((field) => !shown(field))
  const part = (field: Field) => (
    <FieldPart
      key={field.key}
      field={field}
      path={path}
      value={value[field.key]}
      readOnly={readOnly}
      problems={problems}
    />
  )
  return (
    <div className="flex flex-col gap-3">
      {main.map(part)}
      {more.length > 0 && !(readOnly && more.length === fields.length) ? (
        <details className="group">
          <summary className="cursor-pointer py-1 text-caption text-ink-2">
            More settings ({more.length}), all at their default
          </summary>
          <div className="flex flex-col gap-3 pt-2">{more.map(part)}</div>
        </details>
      ) : null}
    </div>
  )
}

/** Shown although they are not set, because they are what people come for. */
const MAIN = new Set([
  'name',
  'host',
  'size',
  'template',
  'nics',
  'disks',
  'address',
  'pool',
  'vlan',
])

function FieldPart({
  field,
  path,
  value,
  readOnly,
  problems,
}: {
  field: Field
  path: readonly string[]
  value: Json | undefined
  readOnly: boolean
  problems: readonly Problem[]
}) {
  const store = useEditorStore()
  const inner = [...path, field.key]
  if (field.control === 'group') {
    return (
      <fieldset className="flex flex-col gap-3 rounded-md border border-line p-3">
        <legend className="px-1 font-medium text-caption text-ink-2">{field.label}</legend>
        <Fields fields={field.fields ?? []} path={inner} readOnly={readOnly} />
      </fieldset>
    )
  }
  if (field.control === 'map') return <MapPart field={field} path={inner} readOnly={readOnly} />
  if (field.control === 'records') return null
  const row = (
    <FieldRow
      field={field}
      path={path}
      value={value}
      readOnly={readOnly}
      problems={problems.filter(
        ({ path: at }) => at.length === inner.length && startsWith(at, inner),
      )}
      onChange={(changed, to) => {
        const at = [...path, changed.key]
        if (to === undefined && value === undefined) return
        store
          .getState()
          .edit(
            `${changed.label} of ${path.at(-1)}`,
            to === undefined ? { kind: 'remove', path: at } : { kind: 'set', path: at, value: to },
          )
      }}
    />
  )
  if (field.key !== 'address') return row
  return (
    <>
      {row}
      <NetworkHint path={path} readOnly={readOnly} />
    </>
  )
}

/** Objects by id inside an object: NICs, disks, storages, add-ons. */
function MapPart({
  field,
  path,
  readOnly,
}: {
  field: Field
  path: readonly string[]
  readOnly: boolean
}) {
  const ids = useEditor((editor) => keysText(valueAt(editor.history.doc.topology, path)))
  const store = useEditorStore()
  const remove = (id: string) =>
    store.getState().edit(`Remove ${id}`, { kind: 'remove', path: [...path, id] })
  const add = (id: string): string | null => {
    const blank = blankObject(field.fields ?? [], store.getState().history.doc.topology)
    if (typeof blank === 'string') return blank
    store.getState().edit(`Add ${id}`, { kind: 'set', path: [...path, id], value: blank })
    return null
  }
  const list = ids === '' ? [] : ids.split('\n')
  return (
    <section aria-label={field.label} className="flex flex-col gap-2">
      <h3 className="font-medium text-caption text-ink-2">
        {field.label} ({list.length})
      </h3>
      {list.map((id) => (
        <details key={id} className="rounded-md border border-line">
          <summary className="flex h-row cursor-pointer items-center gap-2 px-3">
            <span className="flex-1 truncate font-mono">{id}</span>
          </summary>
          <div className="border-line border-t p-3">
            <Fields fields={field.fields ?? []} path={[...path, id]} readOnly={readOnly} />
            {readOnly ? null : (
              <Button
                size="sm"
                className="mt-3"
                icon={<Trash2 size={14} aria-hidden />}
                onClick={() => remove(id)}
              >
                Remove {id} from {field.label}
              </Button>
            )}
          </div>
        </details>
      ))}
      {readOnly ? null : (
        <AddPart label={field.label} name={keyNameAt(path)} taken={list} onAdd={add} />
      )}
    </section>
  )
}

function AddPart({
  label,
  name,
  taken,
  onAdd,
}: {
  label: string
  name: NamePattern
  taken: readonly string[]
  /** Answers why it could not be added, null if it was. */
  onAdd: (id: string) => string | null
}) {
  const [id, setId] = useState('')
  const [refused, setRefused] = useState<string | null>(null)
  const reason =
    id === ''
      ? 'Write an id first.'
      : taken.includes(id)
        ? `${id} exists already.`
        : name.pattern.test(id)
          ? null
          : `${name.words.charAt(0).toUpperCase()}${name.words.slice(1)}.`
  const add = () => {
    if (reason !== null) return
    const why = onAdd(id)
    setRefused(why)
    if (why === null) setId('')
  }
  return (
    <>
      <div className="flex gap-2">
        <Input
          aria-label={`Id of a new entry in ${label}`}
          placeholder="id"
          mono
          value={id}
          onChange={(event) => setId(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            event.preventDefault()
            add()
          }}
        />
        <Button icon={<Plus size={14} aria-hidden />} disabledReason={reason} onClick={add}>
          Add
        </Button>
      </div>
      {refused ? (
        <p role="alert" className="text-caption text-fail">
          {refused}
        </p>
      ) : null}
    </>
  )
}

const keysText = (value: Json | undefined): string =>
  isMap(value) ? Object.keys(value).join('\n') : ''

function isMap(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function startsWith(path: readonly string[], prefix: readonly string[]): boolean {
  return prefix.every((step, n) => path[n] === step)
}

'use client'

import { useState } from 'react'
import { Checkbox, type FieldControl, Field as FieldFrame, Select } from '@/components/ui/field'
import type { Json } from '@/lib/topology/change'
import type { Field } from '@/lib/topology/fields/field'
import type { Problem } from '@/lib/topology/problem'
import { useEditor } from '../editor/editor-context'
import { ProblemNote } from '../problems/problem-note'
import { DraftInput } from './draft-input'
import { fieldText, readField } from './field-value'
import { type Choice, choicesOf } from './fields-at'
import { meantBy } from './meant-by'
import { useSuggestions } from './use-suggestions'

export type FieldRowProps = {
  field: Field
  /** Path of the object that the field belongs to. */
  path: readonly string[]
  value: Json | undefined
  problems: readonly Problem[]
  readOnly: boolean
  /** Undefined removes the field. */
  onChange: (field: Field, value: Json | undefined) => void
}

/** One field of a form: its control, what is wrong with it, and the fix beside it. */
export function FieldRow(props: FieldRowProps) {
  const { field, value, problems } = props
  const [fault, setFault] = useState<string | null>(null)
  const help = fault === null && problems.length > 0 ? <ProblemLines problems={problems} /> : null
  return (
    <div className="flex flex-col gap-1">
      <FieldFrame
        label={field.label}
        aside={field.unit}
        help={field.description}
        error={fault ?? undefined}
      >
        {(control) => <ControlOf {...props} control={control} onFault={setFault} />}
      </FieldFrame>
      {field.unit === 'MiB' && typeof value === 'number' && value >= 1024 ? (
        <p className="text-caption text-ink-3">{Math.round((value / 1024) * 10) / 10} GiB</p>
      ) : null}
      {help}
    </div>
  )
}

function ProblemLines({ problems }: { problems: readonly Problem[] }) {
  return (
    <ul className="flex flex-col gap-1">
      {problems.map((problem) => (
        <li key={problem.code + problem.path.join('/')}>
          <ProblemNote problem={problem} />
        </li>
      ))}
    </ul>
  )
}

type ControlProps = Omit<FieldRowProps, 'problems'> & {
  /** What names and describes it; a label of its own where no label element stands beside it. */
  control: FieldControl & { 'aria-label'?: string }
  onFault: (message: string | null) => void
}

/** The control that a field is edited with. */
export function ControlOf(props: ControlProps) {
  switch (props.field.control) {
    case 'toggle':
      return <ToggleControl {...props} />
    case 'select':
      return <SelectControl {...props} choices={(props.field.options ?? []).map(plain)} />
    case 'reference':
      return <ReferenceControl {...props} />
    case 'references':
      return <ReferencesControl {...props} />
    case 'choices':
      return <ManyControl {...props} choices={(props.field.options ?? []).map(plain)} />
    default:
      return <TextControl {...props} />
  }
}

const plain = (value: string): Choice => ({ value, label: value })

const MONO = new Set(['address', 'cidr', 'mac', 'number', 'values'])

function TextControl({ field, path, value, control, readOnly, onChange, onFault }: ControlProps) {
  const suggestions = useSuggestions(field, path)
  const placeholder = useEditor((editor) => meantBy(editor.history.doc.topology, path, field.key))
  const listId = suggestions.length > 0 ? `${control.id}-list` : undefined
  return (
    <>
      <DraftInput
        {...control}
        text={fieldText(field, value)}
        placeholder={placeholder}
        mono={MONO.has(field.control)}
        multiline={field.control === 'list' || field.control === 'values' || field.key === 'about'}
        readOnly={readOnly}
        {...(listId ? { list: listId } : {})}
        onFault={onFault}
        onCommit={(text) => {
          const typed = readField(field, text)
          if (!typed.ok) return typed.message
          onChange(field, typed.value)
          return null
        }}
      />
      {listId ? (
        <datalist id={listId}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      ) : null}
    </>
  )
}

function ToggleControl({ field, value, control, readOnly, onChange }: ControlProps) {
  return (
    <Select
      {...control}
      disabled={readOnly}
      value={value === undefined ? '' : String(value)}
      onChange={(event) => {
        const { value: chosen } = event.target
        onChange(field, chosen === '' ? undefined : chosen === 'true')
      }}
      options={[
        { value: '', label: 'Default' },
        { value: 'true', label: 'Yes' },
        { value: 'false', label: 'No' },
      ]}
    />
  )
}

function SelectControl({
  field,
  value,
  control,
  readOnly,
  onChange,
  choices,
}: ControlProps & { choices: readonly Choice[] }) {
  const chosen = typeof value === 'string' ? value : ''
  const known = chosen === '' || choices.some((choice) => choice.value === chosen)
  return (
    <Select
      {...control}
      disabled={readOnly}
      value={chosen}
      onChange={(event) => onChange(field, event.target.value || undefined)}
      options={[
        ...(field.required && chosen !== '' ? [] : [{ value: '', label: 'Not set' }]),
        ...(known ? [] : [{ value: chosen, label: `${chosen} (missing)` }]),
        ...choices,
      ]}
    />
  )
}

function ReferenceControl(props: ControlProps) {
  const topology = useEditor((editor) => editor.history.doc.topology)
  const { reference } = props.field
  const choices = reference === undefined ? null : choicesOf(topology, reference, props.path)
  return choices === null ? (
    <TextControl {...props} />
  ) : (
    <SelectControl {...props} choices={choices} />
  )
}

function ReferencesControl(props: ControlProps) {
  const topology = useEditor((editor) => editor.history.doc.topology)
  const { reference } = props.field
  const choices = reference === undefined ? null : choicesOf(topology, reference, props.path)
  return choices === null ? (
    <TextControl {...props} />
  ) : (
    <ManyControl {...props} choices={choices} />
  )
}

/** Several of a set; what was chosen keeps its order, what is added goes to the end. */
function ManyControl({
  field,
  value,
  control,
  readOnly,
  onChange,
  choices,
}: ControlProps & { choices: readonly Choice[] }) {
  const chosen = Array.isArray(value) ? value.map(String) : []
  const all = [
    ...choices,
    ...chosen.filter((id) => !choices.some((c) => c.value === id)).map(plain),
  ]
  return (
    <fieldset
      id={control.id}
      aria-label={field.label}
      aria-describedby={control['aria-describedby']}
      className="max-h-48 overflow-y-auto rounded-sm border border-edge px-2 py-1"
    >
      {all.length === 0 ? (
        <p className="text-caption text-ink-3">Nothing to choose from yet.</p>
      ) : null}
      {all.map((choice) => (
        <Checkbox
          key={choice.value}
          label={choice.label}
          disabled={readOnly}
          checked={chosen.includes(choice.value)}
          onChange={(checked) => {
            const next = checked
              ? [...chosen, choice.value]
              : chosen.filter((id) => id !== choice.value)
            onChange(field, next.length > 0 || field.required ? next : undefined)
          }}
        />
      ))}
    </fieldset>
  )
}

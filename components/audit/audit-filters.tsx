'use client'

import { useEffect, useState } from 'react'
import { Field, Input, Select } from '@/components/ui/field'
import type { AuditLogState } from '@/lib/api/contract-audit'
import type { AuditFilter } from './audit-filter'

/** After the last key: a search looks through the whole log. */
const TYPED_MS = 300

type Props = {
  filter: AuditFilter
  log: AuditLogState | null
  onChange: (change: Partial<AuditFilter>) => void
}

/** What of the log is shown: text, who, what, where, how it ended and when. */
export function AuditFilters({ filter, log, onChange }: Props) {
  const select = (name: 'who' | 'group' | 'topology', all: string, options: readonly string[]) => ({
    value: filter[name],
    onChange: (event: { target: { value: string } }) => onChange({ [name]: event.target.value }),
    options: [
      { value: '', label: all },
      ...withChosen(options, filter[name]).map((value) => ({ value, label: value })),
    ],
  })
  return (
    <search className="mb-3 grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-7">
      <Search value={filter.q} onChange={(q) => onChange({ q })} />
      <Field label="Who">
        {(control) => <Select {...control} {...select('who', 'Anybody', log?.people ?? [])} />}
      </Field>
      <Field label="About">
        {(control) => <Select {...control} {...select('group', 'Anything', log?.groups ?? [])} />}
      </Field>
      <Field label="Topology">
        {(control) => (
          <Select {...control} {...select('topology', 'Any and none', log?.topologies ?? [])} />
        )}
      </Field>
      <Field label="Outcome">
        {(control) => (
          <Select
            {...control}
            value={filter.outcome}
            onChange={({ target }) => onChange({ outcome: target.value })}
            options={[
              { value: '', label: 'Any' },
              { value: 'done', label: 'done' },
              { value: 'refused', label: 'refused' },
              { value: 'failed', label: 'failed' },
            ]}
          />
        )}
      </Field>
      <Day label="From" value={filter.from} onChange={(from) => onChange({ from })} />
      <Day label="To" value={filter.to} onChange={(to) => onChange({ to })} />
    </search>
  )
}

/** A name of the URL is offered also when nothing has it, so that the field says what is filtered. */
const withChosen = (options: readonly string[], chosen: string): readonly string[] =>
  chosen === '' || options.includes(chosen) ? options : [...options, chosen]

function Search({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value)
  const [asked, setAsked] = useState(value)
  if (asked !== value) {
    // Changed from outside: the back button, or "Show everything".
    setAsked(value)
    setTyped(value)
  }
  useEffect(() => {
    if (typed === value) return
    const timer = setTimeout(() => {
      setAsked(typed)
      onChange(typed)
    }, TYPED_MS)
    return () => clearTimeout(timer)
  }, [typed, value, onChange])
  return (
    <Field label="Search" className="max-sm:col-span-2">
      {(control) => (
        <Input
          {...control}
          type="search"
          value={typed}
          placeholder="name, address, value"
          onChange={({ target }) => setTyped(target.value)}
        />
      )}
    </Field>
  )
}

const Day = ({
  label,
  value,
  onChange,
}: {
  label: string
  value: string
  onChange: (value: string) => void
}) => (
  <Field label={label}>
    {(control) => (
      <Input
        {...control}
        type="date"
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    )}
  </Field>
)

'use client'

import { Checkbox, Field, type FieldControl, Input, Select } from '@/components/ui/field'
import type { LabFaultKind, LabFaultParam, LabView } from '@/lib/api/contract-lab'
import type { FormValues } from './fault-form'

/** The parameters of a failure; what the lab has is chosen from a list. */
export function FaultFields({
  kind,
  lab,
  values,
  onChange,
}: {
  kind: LabFaultKind
  lab: LabView
  values: FormValues
  onChange: (values: FormValues) => void
}) {
  if (kind.params.length === 0) return null
  return (
    <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
      {kind.params.map((param) => {
        const set = (value: string) => onChange({ ...values, [param.name]: value })
        const value = values[param.name] ?? ''
        return param.is === 'flag' ? (
          <Checkbox
            key={param.name}
            className="self-end"
            label={param.label}
            checked={value !== ''}
            onChange={(on) => set(on ? 'yes' : '')}
          />
        ) : (
          <Field key={param.name} label={param.label} help={param.help}>
            {(control) => <Control {...{ control, param, lab, value, set }} />}
          </Field>
        )
      })}
    </div>
  )
}

type Choices = { value: string; label: string }[]

/** What there is to choose from; null where it is typed. */
function choicesOf({ is, choices }: LabFaultParam, lab: LabView): Choices | null {
  const plain = (names: readonly string[]) => names.map((name) => ({ value: name, label: name }))
  if (is === 'choice') return plain(choices ?? [])
  if (is === 'host') return plain(lab.hosts.map(({ node }) => node))
  if (is === 'storage') return plain(lab.storages)
  if (is !== 'vm') return null
  return lab.guests.map(({ vmid, name }) => ({ value: String(vmid), label: `${vmid} ${name}` }))
}

function Control({
  control,
  param,
  lab,
  value,
  set,
}: {
  control: FieldControl
  param: LabFaultParam
  lab: LabView
  value: string
  set: (value: string) => void
}) {
  const choices = choicesOf(param, lab)
  if (choices !== null)
    return (
      <Select
        {...control}
        required={param.required}
        options={[{ value: '', label: param.required ? 'Choose one' : 'Any' }, ...choices]}
        value={value}
        onChange={({ target }) => set(target.value)}
      />
    )
  return (
    <Input
      {...control}
      mono
      required={param.required}
      type={param.is === 'number' ? 'number' : 'text'}
      min={param.least}
      max={param.most}
      step={param.is === 'number' ? 'any' : undefined}
      value={value}
      onChange={({ target }) => set(target.value)}
    />
  )
}

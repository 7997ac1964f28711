'use client'

import { useState } from 'react'
import { Field, Select } from '@/components/ui/field'
import type { LabFaultKind, LabView } from '@/lib/api/contract-lab'
import { BreakForm } from './break-form'

/** Which failure, by what it is about, and its form. */
export function FaultPicker({ kinds, lab }: { kinds: readonly LabFaultKind[]; lab: LabView }) {
  const [chosen, setChosen] = useState('')
  const kind = kinds.find((each) => each.kind === chosen)
  const groups = [...new Set(kinds.map(({ group }) => group))]
  const options = groups.flatMap((group) =>
    kinds
      .filter((each) => each.group === group)
      .map((each) => ({ value: each.kind, label: `${group}: ${each.title}` })),
  )
  return (
    <div className="flex flex-col gap-4">
      <Field label="Failure" className="max-w-120">
        {(control) => (
          <Select
            {...control}
            options={[{ value: '', label: 'Choose one' }, ...options]}
            value={chosen}
            onChange={({ target }) => setChosen(target.value)}
          />
        )}
      </Field>
      {kind ? <BreakForm key={kind.kind} kind={kind} lab={lab} /> : null}
    </div>
  )
}

'use client'

import { useId } from 'react'
import { cn } from '@/components/ui/cn'
import { BLUEPRINTS, type BlueprintId } from '@/lib/topology/blueprints/catalogue'

/** The blueprints with what each is and takes; the platform's own radio buttons. */
export function ChooseBlueprint({
  value,
  onChange,
}: {
  value: BlueprintId
  onChange: (id: BlueprintId) => void
}) {
  const name = useId()
  return (
    <fieldset className="mt-6">
      <legend className="text-name">Which blueprint?</legend>
      <div className="mt-2 grid gap-3 sm:grid-cols-2">
        {BLUEPRINTS.map(({ id, title, sentence, takes }) => (
          <label
            key={id}
            className={cn(
              'flex cursor-pointer gap-3 rounded-md border bg-surface-1 p-3 has-focus-visible:outline-2 has-focus-visible:outline-work',
              id === value ? 'border-work' : 'border-line',
            )}
          >
            <input
              type="radio"
              name={name}
              value={id}
              checked={id === value}
              onChange={() => onChange(id)}
              aria-describedby={`${name}-${id}`}
              className="mt-1 size-4 shrink-0 accent-button"
            />
            <span className="min-w-0">
              <span className="font-medium">{title}</span>
              <span id={`${name}-${id}`} className="mt-0.5 block text-ink-2">
                {sentence} <span className="text-caption text-ink-3">Takes {takes}.</span>
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

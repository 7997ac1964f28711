'use client'

import { useId } from 'react'
import { cn } from '@/components/ui/cn'
import { BLUEPRINTS, type BlueprintId } from '@/lib/topology/blueprints/catalogue'

/** What a topology begins with. */
export type Beginning = BlueprintId | 'empty'

const BEGINNINGS: readonly { id: Beginning; title: string; sentence: string; takes: string }[] = [
  ...BLUEPRINTS,
  {
    id: 'empty',
    title: 'Empty drawing',
    sentence:
      'Nothing is drawn yet. Fit draws the machines of a connection as they are, with their storages, network and guests.',
    takes: 'what you have',
  },
]

/** The blueprints with what each is and takes; the platform's own radio buttons. */
export function ChooseBlueprint({
  value,
  onChange,
}: {
  value: Beginning
  onChange: (id: Beginning) => void
}) {
  const name = useId()
  return (
    <fieldset className="mt-6">
      <legend className="text-name">What does it begin with?</legend>
      <div className="mt-2 grid gap-3 sm:grid-cols-2">
        {BEGINNINGS.map(({ id, title, sentence, takes }) => (
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

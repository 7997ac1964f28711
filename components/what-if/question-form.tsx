'use client'

import { X } from 'lucide-react'
import { IconButton } from '@/components/ui/button'
import { Field, Input, Select } from '@/components/ui/field'
import { Segments } from '@/components/ui/tabs'
import type { Dependencies } from '@/lib/topology/what-if/dependencies'
import type { Thing } from '@/lib/topology/what-if/graph'
import { CAN_DIE } from '@/lib/topology/what-if/single-points'
import { labelOf } from './dependencies-of'
import { MOST_MORE, type Question, type WhatIfUrl } from './what-if-url'

const QUESTIONS: readonly { value: Question; label: string }[] = [
  { value: 'dies', label: 'It dies' },
  { value: 'maintenance', label: 'Maintenance' },
  { value: 'more', label: 'One more' },
]

/** What is supposed to happen, and to what. */
export function QuestionForm({
  url,
  ask,
  dependencies,
}: {
  url: WhatIfUrl
  ask: (change: Partial<WhatIfUrl>) => void
  dependencies: Dependencies
}) {
  const { things } = dependencies.graph
  const choices = choicesOf(url.question, [...things.values()])
  const several = url.question === 'dies'
  const chosen = url.objects.flatMap((id) => things.get(id) ?? [])
  const left = choices.filter(({ id }) => !several || !url.objects.includes(id))
  const value = several ? '' : (left.find(({ id }) => id === url.objects[0])?.id ?? '')
  return (
    <section aria-label="The question" className="mb-6 flex flex-col gap-3">
      <Segments
        label="What happens"
        options={QUESTIONS}
        value={url.question}
        className="self-start"
        onChange={(question) => ask({ question, objects: keptFor(question, chosen) })}
      />
      <div className="flex flex-wrap items-end gap-3">
        <Field label={LABELS[url.question](chosen.length)}>
          {(control) => (
            <Select
              {...control}
              className="w-72 max-w-full"
              value={value}
              options={[
                { value: '', label: left.length === 0 ? 'There is none' : 'Choose' },
                ...left.map((thing) => ({ value: thing.id, label: labelOf(thing) })),
              ]}
              onChange={(event) => {
                const id = event.target.value
                if (id !== '') ask({ objects: several ? [...url.objects, id] : [id] })
              }}
            />
          )}
        </Field>
        {url.question === 'more' ? (
          <Field label="How many more">
            {(control) => (
              <Input
                {...control}
                type="number"
                inputMode="numeric"
                min={1}
                max={MOST_MORE}
                className="w-24"
                value={url.count}
                onChange={(event) => {
                  const count = event.target.valueAsNumber
                  if (Number.isInteger(count) && count >= 1 && count <= MOST_MORE) ask({ count })
                }}
              />
            )}
          </Field>
        ) : null}
      </div>
      {several && chosen.length > 0 ? (
        <ul aria-label="What dies" className="flex flex-wrap gap-2">
          {chosen.map((thing) => (
            <li
              key={thing.id}
              className="inline-flex items-center gap-1 rounded-sm border border-edge bg-surface-1 pl-2"
            >
              <span>{labelOf(thing)}</span>
              <IconButton
                size="sm"
                label={`Leave ${thing.name} alive`}
                icon={<X size={14} aria-hidden />}
                onClick={() => ask({ objects: url.objects.filter((id) => id !== thing.id) })}
              />
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  )
}

const LABELS: Record<Question, (chosen: number) => string> = {
  dies: (chosen) => (chosen === 0 ? 'What dies' : 'And with it'),
  maintenance: () => 'Which host leaves',
  more: () => 'One more like',
}

function choicesOf(question: Question, things: readonly Thing[]): Thing[] {
  if (question === 'dies') return things.filter(({ kind }) => CAN_DIE.has(kind))
  const wanted = question === 'more' ? 'vm' : 'host'
  return things.filter(({ kind }) => kind === wanted)
}

/** What was chosen stays where the other question can be asked of it. */
const keptFor = (question: Question, chosen: readonly Thing[]): string[] =>
  choicesOf(question, chosen)
    .slice(0, question === 'dies' ? undefined : 1)
    .map(({ id }) => id)

'use client'

import { useEffect, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field, Input, Select } from '@/components/ui/field'
import type { FitQuestion } from '@/lib/topology/fit/fitting'

const GROUPS: readonly { origin: FitQuestion['origin']; title: string; sentence: string }[] = [
  {
    origin: 'guess',
    title: 'Please look at these',
    sentence: 'Nobody can read them from Proxmox; the answers are only likely.',
  },
  {
    origin: 'document',
    title: 'As drawn',
    sentence: 'Written in the document, and possible here.',
  },
  { origin: 'found', title: 'Read from Proxmox', sentence: 'Change one where it is wrong.' },
]

type Answering = {
  answers: Readonly<Record<string, string>>
  onAnswer: (id: string, answer: string | null) => void
}

/** Every question with what counts now, those that need a person first. */
export const FitQuestions = ({
  questions,
  ...answering
}: Answering & { questions: readonly FitQuestion[] }) => (
  <div className="flex flex-col gap-6">
    {GROUPS.map(({ origin, title, sentence }) => {
      const these = questions.filter((question) => question.origin === origin)
      return these.length === 0 ? null : (
        <section key={origin} aria-labelledby={`fit-${origin}`}>
          <h2 id={`fit-${origin}`} className="text-name">
            {title}
          </h2>
          <p className="mb-3 text-caption text-ink-3">{sentence}</p>
          <div className="flex flex-col gap-4 rounded-md border border-line bg-surface-1 p-4">
            {these.map((question) => (
              <Question key={question.id} question={question} {...answering} />
            ))}
          </div>
        </section>
      )
    })}
  </div>
)

function Question({ question, answers, onAnswer }: Answering & { question: FitQuestion }) {
  const { id, title, why, options, proposed, value, fault, example } = question
  const answered = answers[id] !== undefined && answers[id] !== proposed
  return (
    <Field
      label={title}
      help={why}
      error={fault}
      aside={
        answered ? (
          <Button size="sm" onClick={() => onAnswer(id, null)} aria-label={`Use ${proposed} again`}>
            Use {proposed}
          </Button>
        ) : null
      }
    >
      {(control) =>
        options ? (
          <Select
            {...control}
            options={options}
            value={value}
            onChange={(event) => onAnswer(id, event.target.value)}
          />
        ) : (
          <TypedAnswer
            {...control}
            text={answers[id] ?? value}
            placeholder={example}
            onCommit={(text) => onAnswer(id, text === proposed || text === '' ? null : text)}
          />
        )
      }
    </Field>
  )
}

/** Counts when the field is left or Enter is pressed, so that half an address is no answer. */
function TypedAnswer({
  text,
  onCommit,
  ...control
}: {
  text: string
  placeholder?: string | undefined
  onCommit: (text: string) => void
}) {
  const [typed, setTyped] = useState(text)
  useEffect(() => setTyped(text), [text])
  const commit = () => {
    if (typed.trim() !== text) onCommit(typed.trim())
  }
  return (
    <Input
      {...control}
      mono
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit()
      }}
    />
  )
}

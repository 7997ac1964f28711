'use client'

import Link from 'next/link'
import { useSearchParams } from 'next/navigation'
import { useState } from 'react'
import { FitMachines } from '@/components/fit/fit-machines'
import { FitOutcome } from '@/components/fit/fit-outcome'
import { FitQuestions } from '@/components/fit/fit-questions'
import { Page, Section } from '@/components/frame/page'
import { useTopology } from '@/components/query/queries'
import { FailureNote, QueryView } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button, buttonClass } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'
import { Field, Select } from '@/components/ui/field'
import { count } from '@/components/ui/format'
import type { AdoptAnswer } from '@/lib/api/contract-adopt'
import { pages } from '@/lib/api/paths'
import { FoundTable } from './found-table'
import { useAdopt, useSaveAdoption } from './use-adopt'

/** What runs on a Proxmox, read into the drawing: a table with a choice for each guest, and what it makes. */
export function AdoptPage({ topologyId }: { topologyId: string }) {
  const head = useTopology(topologyId)
  const asked = useSearchParams().get('connection')
  const [connection, setConnection] = useState(asked)
  const [answers, setAnswers] = useState<Readonly<Record<string, string>>>({})
  const adopt = useAdopt(topologyId, { answers, ...(connection === null ? {} : { connection }) })
  const save = useSaveAdoption(topologyId)
  const role = useWhyNotRole('editor', { topology: topologyId })
  const answer = (id: string, value: string | null) =>
    setAnswers(({ [id]: _before, ...others }) =>
      value === null ? others : { ...others, [id]: value },
    )
  const shown = adopt.data
  const reason = role ?? (shown ? whyNotSave(shown) : 'What runs was not read yet.')
  return (
    <Page
      title={`My Proxmox, read into ${head.data?.name ?? topologyId}`}
      kind={shown ? `of r${shown.revision.number}` : 'design'}
      sentence={shown ? sentenceOf(shown) : undefined}
      actions={
        <>
          <Link href={pages.plan(topologyId, { kind: 'adopt' })} className={buttonClass()}>
            Plan to adopt
          </Link>
          <Button
            variant="primary"
            busy={save.isPending || adopt.isPlaceholderData}
            disabledReason={save.isPending ? null : reason}
            onClick={() =>
              shown ? save.mutate({ read: shown, message: messageOf(shown) }) : undefined
            }
          >
            Save as a revision
          </Button>
        </>
      }
    >
      {save.error ? (
        <div className="mb-4">
          <FailureNote error={save.error} />
        </div>
      ) : null}
      <QueryView query={adopt}>
        {(read) => (
          <>
            <FitMachines connections={read.connections} />
            <Whose read={read} onChoose={setConnection} />
            {read.connection === null ? null : (
              <WhatWasRead read={read} answers={answers} onAnswer={answer} />
            )}
          </>
        )}
      </QueryView>
    </Page>
  )
}

type WhatWasReadProps = {
  read: AdoptAnswer
  answers: Readonly<Record<string, string>>
  onAnswer(id: string, value: string | null): void
}

/** The guests and what they make of the drawing. Before anything was read there is nothing to judge. */
function WhatWasRead({ read, answers, onAnswer }: WhatWasReadProps) {
  return (
    <>
      <Section title="What was found" aside={count(read.found.length, 'guest')}>
        <FoundTable found={read.found} answers={answers} onAnswer={onAnswer} />
      </Section>
      <div className={cn('grid gap-6', read.questions.length > 0 && 'lg:grid-cols-2')}>
        {read.questions.length > 0 ? (
          <FitQuestions questions={read.questions} answers={answers} onAnswer={onAnswer} />
        ) : null}
        <div className="min-w-0">
          <FitOutcome fit={{ ...read, took: [], unmet: [] }} />
        </div>
      </div>
    </>
  )
}

/** Whose machines are read, where there is a choice. */
function Whose({ read, onChoose }: { read: AdoptAnswer; onChoose: (id: string) => void }) {
  const looked = read.connections.filter(({ readAt }) => readAt !== null)
  if (looked.length < 2) return null
  return (
    <Field label="Connection" className="mb-4 max-w-80">
      {(control) => (
        <Select
          {...control}
          options={looked.map(({ id, name }) => ({ value: id, label: name }))}
          value={read.connection ?? ''}
          onChange={(event) => onChoose(event.target.value)}
        />
      )}
    </Field>
  )
}

function whyNotSave({ connection, changes, questions }: AdoptAnswer): string | null {
  if (connection === null) return 'No connection was looked at yet.'
  const faulty = questions.find(({ fault }) => fault !== null)
  if (faulty) return `An answer will not do: ${faulty.title}`
  return changes.length === 0 ? 'Nothing would change.' : null
}

const chosenOf = ({ found }: AdoptAnswer): number =>
  found.filter(({ as, standing }) => as === 'vm' && standing === 'free').length

function sentenceOf(read: AdoptAnswer): string {
  if (read.connection === null)
    return 'Nothing was read yet: have a connection looked at, then choose what the panel manages.'
  const unmarked = read.found.filter(({ standing }) => standing === 'unmarked').length
  const chosen = chosenOf(read)
  if (read.changes.length === 0)
    return unmarked > 0
      ? `The drawing has everything that runs; ${count(unmarked, 'machine')} of it ${unmarked === 1 ? 'is' : 'are'} not marked yet: Plan to adopt.`
      : 'The drawing has everything that runs.'
  return `${count(chosen, 'VM')} would be managed. Saving draws ${chosen === 1 ? 'it' : 'them'} and touches nothing; marking ${chosen === 1 ? 'it' : 'them'} is a plan that you approve.`
}

/** The revision's message: what was read, and how much of it. */
function messageOf(read: AdoptAnswer): string {
  const name = read.connections.find(({ id }) => id === read.connection)?.name ?? 'my Proxmox'
  return `Read ${name}: ${count(chosenOf(read), 'VM')} to manage`.slice(0, 500)
}

'use client'

import Link from 'next/link'
import { useSearchParams } from 'next/navigation'
import { useState } from 'react'
import { Page } from '@/components/frame/page'
import { byObject } from '@/components/plan/change-list'
import { useTopology } from '@/components/query/queries'
import { FailureNote, QueryView } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button, buttonClass } from '@/components/ui/button'
import { count } from '@/components/ui/format'
import type { FitAnswer } from '@/lib/api/contract-fit'
import { pages } from '@/lib/api/paths'
import { FitMachines } from './fit-machines'
import { FitOutcome } from './fit-outcome'
import { FitQuestions } from './fit-questions'
import { useFit, useSaveFit } from './use-fit'

/** How the drawing fits the machines at hand: questions with proposals, and what they make of it. */
export function FitPage({ topologyId }: { topologyId: string }) {
  const head = useTopology(topologyId)
  const connection = useSearchParams().get('connection')
  const [answers, setAnswers] = useState<Readonly<Record<string, string>>>({})
  const fit = useFit(topologyId, { answers, ...(connection === null ? {} : { connection }) })
  const save = useSaveFit(topologyId)
  const role = useWhyNotRole('editor', { topology: topologyId })
  const answer = (id: string, value: string | null) =>
    setAnswers(({ [id]: _before, ...others }) =>
      value === null ? others : { ...others, [id]: value },
    )
  const shown = fit.data
  const reason = role ?? (shown ? whyNotSave(shown) : 'The fit is not there yet.')
  return (
    <Page
      title={`Fit ${head.data?.name ?? topologyId}`}
      kind={shown ? `of r${shown.revision.number}` : 'design'}
      sentence={shown ? sentenceOf(shown) : undefined}
      actions={
        <>
          <Link href={pages.design(topologyId)} className={buttonClass()}>
            Open the drawing
          </Link>
          <Button
            variant="primary"
            busy={save.isPending || fit.isPlaceholderData}
            disabledReason={save.isPending ? null : reason}
            onClick={() =>
              shown ? save.mutate({ fit: shown, message: messageOf(shown) }) : undefined
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
      <QueryView query={fit}>
        {(loaded) => (
          <>
            <FitMachines connections={loaded.connections} />
            <div className="grid gap-6 lg:grid-cols-2">
              <FitQuestions questions={loaded.questions} answers={answers} onAnswer={answer} />
              <div className="min-w-0">
                <FitOutcome fit={loaded} />
              </div>
            </div>
          </>
        )}
      </QueryView>
    </Page>
  )
}

function whyNotSave({ changes, questions }: FitAnswer): string | null {
  const faulty = questions.find(({ fault }) => fault !== null)
  if (faulty) return `An answer will not do: ${faulty.title}`
  return changes.length === 0 ? 'Nothing would change.' : null
}

function sentenceOf({ unmet, changes, questions }: FitAnswer): string {
  if (unmet.length > 0)
    return `${unmet.length === 1 ? 'One thing' : `${unmet.length} things`} cannot be had here; ${unmet.length === 1 ? 'it is' : 'they are'} named below.`
  if (changes.length === 0) return 'It fits as it is.'
  const guesses = questions.filter(({ origin }) => origin === 'guess').length
  return `It fits with ${count(byObject(changes).length, 'change')}.${guesses > 0 ? ` ${guesses === 1 ? 'One answer is' : `${guesses} answers are`} only likely: look at ${guesses === 1 ? 'it' : 'them'} before you save.` : ''}`
}

/** The revision's message: what it was fitted to. */
function messageOf({ questions, connections }: FitAnswer): string {
  const named = questions.flatMap(({ id, value }) =>
    id.startsWith('host:') ? [value.slice(0, value.indexOf('/'))] : [],
  )
  const names = connections.filter(({ id }) => named.includes(id)).map(({ name }) => name)
  return `Fit to ${names.join(', ') || 'the machines at hand'}`.slice(0, 500)
}

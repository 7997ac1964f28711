'use client'

import { Section } from '@/components/frame/page'
import { byObject, ChangeList } from '@/components/plan/change-list'
import { count } from '@/components/ui/format'
import { ErrorState, StateWord } from '@/components/ui/states'
import type { FitAnswer } from '@/lib/api/contract-fit'
import type { Problem } from '@/lib/topology/problem'

/** What the answers make of the document: what cannot be had, what it costs, what changes. */
export const FitOutcome = ({
  fit,
}: {
  fit: Pick<FitAnswer, 'problems' | 'unmet' | 'took' | 'changes'>
}) => (
  <>
    <Section title="Does it work here?">
      <Findings problems={fit.problems} />
      <div className="mt-3 flex flex-col gap-2">
        {fit.unmet.map(({ code, message }) => (
          <ErrorState key={`${code} ${message}`} message={message} code={code} />
        ))}
      </div>
    </Section>
    {fit.took.length > 0 ? (
      <Section title="What you lose" aside={count(fit.took.length, 'thing')}>
        <ul className="list-disc rounded-md border border-line bg-surface-1 py-2 pr-3 pl-7">
          {fit.took.map((told) => (
            <li key={told} className="max-w-[72ch] py-0.5 text-prose">
              {told}
            </li>
          ))}
        </ul>
      </Section>
    ) : null}
    <Section
      title="What changes in the document"
      aside={count(byObject(fit.changes).length, 'change')}
    >
      {fit.changes.length === 0 ? (
        <p className="text-ink-2">
          {fit.unmet.length > 0
            ? 'Nothing: what is missing is named above.'
            : 'Nothing: it fits as it is.'}
        </p>
      ) : (
        <ChangeList changes={fit.changes} />
      )}
    </Section>
  </>
)

/** Live counts of the fitted document's problems. */
function Findings({ problems }: { problems: readonly Problem[] }) {
  const of = (severity: Problem['severity']) =>
    problems.filter((problem) => problem.severity === severity).length
  const blockers = of('blocker')
  return (
    <p className="flex flex-wrap gap-x-4 gap-y-1" aria-live="polite">
      <StateWord state={blockers > 0 ? 'fail' : 'ok'}>{count(blockers, 'blocker')}</StateWord>
      <StateWord state={of('warning') > 0 ? 'warn' : 'ok'}>
        {count(of('warning'), 'warning')}
      </StateWord>
      <span className="text-ink-2">{count(of('note'), 'note')}</span>
    </p>
  )
}

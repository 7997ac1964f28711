'use client'

import { useSearchParams } from 'next/navigation'
import { AuditHistory } from '@/components/audit/audit-history'
import { Page, Section } from '@/components/frame/page'
import { PlanBody } from '@/components/plan/plan-body'
import { useJob } from '@/components/query/queries'
import { QueryView } from '@/components/query/query-view'
import { ErrorState } from '@/components/ui/states'
import { Tabs } from '@/components/ui/tabs'
import type { JobDetail } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import type { JobState } from '@/lib/jobs/journal'
import { useJobStream } from '@/lib/live/client'
import type { JobFollowed } from '@/lib/live/subscribe-job'
import { Failures } from './failures'
import { JobActions } from './job-actions'
import { JobLog } from './job-log'
import { JobSentence } from './job-sentence'
import { approvalReason } from './job-view'
import { Journal } from './journal'
import { isLevel, type LogFilter } from './log-view'
import { StepTree } from './step-tree'
import { useJobState } from './use-job-state'

/** One job: its steps on one side, its log on the other, both from the same numbered stream. */
export function JobPage({ id }: { id: string }) {
  const detail = useJob(id)
  const stream = useJobStream(id)
  const state = useJobState(detail.data, stream)
  return (
    <Page
      title={detail.data?.job.title ?? 'Job'}
      kind={detail.data ? `job ${id}` : undefined}
      sentence={
        detail.data && state ? (
          <JobSentence job={detail.data.job} plan={detail.data.plan} state={state} />
        ) : undefined
      }
      actions={detail.data && state ? <JobActions detail={detail.data} state={state} /> : undefined}
      className="flex flex-col md:h-[calc(100dvh-var(--frame-top))]"
    >
      <QueryView query={detail}>
        {(data) => <JobBody detail={data} state={state ?? data.state} stream={stream} />}
      </QueryView>
    </Page>
  )
}

const TABS = ['run', 'plan', 'journal'] as const

function JobBody({
  detail,
  state,
  stream,
}: {
  detail: JobDetail
  state: JobState
  stream: JobFollowed
}) {
  const { filter, tab, setFilter, setTab } = useJobUrl(detail.job.id)
  const { job, plan } = detail
  const events = stream.events.length > 0 ? stream.events : detail.events
  const asked = state.status === 'awaiting-approval' ? approvalReason(events) : null
  const run = (
    <div className="flex min-h-0 flex-1 flex-col gap-4 md:flex-row">
      {plan && plan.steps.length > 0 ? (
        <section
          aria-label="Steps"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable
          tabIndex={0}
          className="min-h-0 md:w-96 md:shrink-0 md:overflow-y-auto"
        >
          <StepTree
            steps={plan.steps}
            state={state}
            chosen={filter.stepId}
            onChoose={(stepId) => setFilter({ ...filter, stepId })}
          />
        </section>
      ) : null}
      <JobLog
        lines={stream.lines}
        filter={filter}
        onFilter={setFilter}
        complete={stream.caughtUp}
        className="h-[70dvh] flex-1 md:h-auto"
      />
    </div>
  )
  return (
    <>
      {stream.error ? (
        <ErrorState className="mb-4" message={stream.error} code="job.no-stream" />
      ) : null}
      {state.status === 'failed' ? (
        <Failures
          lines={stream.lines}
          steps={plan?.steps ?? []}
          state={state}
          onShowLog={(stepId) => setFilter({ ...filter, stepId })}
        />
      ) : null}
      {asked === null ? null : <ErrorState className="mb-4" level="warn" message={asked} />}
      {plan ? (
        <Tabs
          label="Views of this job"
          value={tab}
          onChange={setTab}
          fill
          tabs={[
            { id: 'run', label: 'Steps and log', content: run },
            {
              id: 'plan',
              label: 'Plan',
              content: <PlanBody topologyId={job.topologyId ?? ''} plan={plan} onTick={null} />,
            },
            {
              id: 'journal',
              label: 'Journal',
              content: (
                <>
                  {job.topologyId === null ? null : (
                    <Section title="Who did what">
                      <AuditHistory topologyId={job.topologyId} object={`job/${job.id}`} />
                    </Section>
                  )}
                  <Section title="Journal">
                    <Journal events={events} steps={plan.steps} />
                  </Section>
                </>
              ),
            },
          ]}
        />
      ) : (
        run
      )}
    </>
  )
}

/** Filter and tab live in the URL; the line in its hash stays as it is. */
function useJobUrl(id: string) {
  const search = useSearchParams()
  const level = search.get('level')
  const filter: LogFilter = {
    stepId: search.get('step'),
    level: isLevel(level) ? level : 'debug',
    find: search.get('find') ?? '',
  }
  const tab = TABS.find((each) => each === search.get('tab')) ?? 'run'
  const go = (next: LogFilter, nextTab: string) => {
    const query = new URLSearchParams()
    if (nextTab !== 'run') query.set('tab', nextTab)
    if (next.stepId !== null) query.set('step', next.stepId)
    if (next.level !== 'debug') query.set('level', next.level)
    if (next.find !== '') query.set('find', next.find)
    const text = query.size > 0 ? `?${query}` : ''
    // replaceState, not the router: a keystroke in the search field asks no server.
    history.replaceState(null, '', `${pages.job(id)}${text}${location.hash}`)
  }
  return {
    filter,
    tab,
    setFilter: (next: LogFilter) => go(next, tab),
    setTab: (next: string) => go(filter, next),
  }
}

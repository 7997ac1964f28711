'use client'

import { useQueries } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter, useSearchParams } from 'next/navigation'
import { useState } from 'react'
import { Page } from '@/components/frame/page'
import { useJobs, useTopologies } from '@/components/query/queries'
import { FailureNote } from '@/components/query/query-view'
import { Button, buttonClass } from '@/components/ui/button'
import { Field, Select } from '@/components/ui/field'
import { count } from '@/components/ui/format'
import { EmptyState, SkeletonRows } from '@/components/ui/states'
import { Table } from '@/components/ui/table'
import { client, type JobsQuery } from '@/lib/api/client'
import type { JobSummary } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import { keys } from '@/lib/api/query-keys'
import { JOB_COLUMNS } from './job-columns'
import { JOB_STATE } from './job-state'

const PAGE_SIZE = 50
const KINDS: readonly JobSummary['kind'][] = [
  'deploy',
  'firewall',
  'rebuild',
  'start',
  'stop',
  'restart',
  'destroy',
  'refresh',
  'test-connection',
]

/** What runs, what waits and for what, what failed and what now? */
export function JobsPage() {
  const search = useSearchParams()
  const router = useRouter()
  const topologies = useTopologies().data ?? []
  const filter = {
    status: search.get('status') ?? '',
    kind: search.get('kind') ?? '',
    topology: search.get('topology') ?? '',
  }
  const set = (name: string, value: string) => {
    const query = new URLSearchParams(search)
    if (value === '') query.delete(name)
    else query.set(name, value)
    router.replace(`${pages.jobs()}${query.size > 0 ? `?${query}` : ''}`, { scroll: false })
  }
  const filtered = Object.values(filter).some((value) => value !== '')
  return (
    <Page title="Jobs" sentence={<JobsSentence />}>
      <div className="mb-3 flex flex-wrap gap-3">
        <Filter
          label="Status"
          all="Any status"
          value={filter.status}
          options={Object.entries(JOB_STATE).map(([value, { word }]) => ({ value, label: word }))}
          onChange={(value) => set('status', value)}
        />
        <Filter
          label="Kind"
          all="Any kind"
          value={filter.kind}
          options={KINDS.map((value) => ({ value, label: value }))}
          onChange={(value) => set('kind', value)}
        />
        {topologies.length > 1 ? (
          <Filter
            label="Topology"
            all="Any topology"
            value={filter.topology}
            options={topologies.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(value) => set('topology', value)}
          />
        ) : null}
      </div>
      <JobList key={JSON.stringify(filter)} query={toQuery(filter)} filtered={filtered} />
    </Page>
  )
}

const toQuery = (filter: Record<'status' | 'kind' | 'topology', string>): JobsQuery => ({
  ...(filter.status ? { status: filter.status } : {}),
  ...(filter.kind ? { kind: filter.kind } : {}),
  ...(filter.topology ? { topology: filter.topology } : {}),
  limit: PAGE_SIZE,
})

function JobsSentence() {
  const running = useCount('running')
  const waiting = useCount('queued')
  const approvals = useCount('awaiting-approval')
  if (running === null || waiting === null || approvals === null) return null
  if (running + waiting + approvals === 0) return <>Nothing runs and nothing waits.</>
  const parts = [
    running > 0 ? `${count(running, 'job')} running` : '',
    waiting > 0 ? `${waiting} queued` : '',
    approvals > 0 ? `${approvals} waiting for approval` : '',
  ]
  return <>{parts.filter(Boolean).join(', ')}.</>
}

/** How many jobs are in a status, however long ago they were asked for; null until it is known. */
function useCount(status: JobSummary['status']): number | null {
  return useJobs({ status, limit: 200 }).data?.length ?? null
}

function Filter({
  label,
  all,
  value,
  options,
  onChange,
}: {
  label: string
  all: string
  value: string
  options: { value: string; label: string }[]
  onChange: (value: string) => void
}) {
  return (
    <Field label={label} className="w-44 max-sm:flex-1">
      {(control) => (
        <Select
          {...control}
          value={value}
          onChange={({ target }) => onChange(target.value)}
          options={[{ value: '', label: all }, ...options]}
        />
      )}
    </Field>
  )
}

/** Pages of the list, each a question of its own, so that a live message renews what is shown. */
function JobList({ query, filtered }: { query: JobsQuery; filtered: boolean }) {
  const [cursors, setCursors] = useState<(string | null)[]>([null])
  const parts = useQueries({
    queries: cursors.map((before) => {
      const each = before === null ? query : { ...query, before }
      return { queryKey: keys.jobs(each), queryFn: () => client.jobs(each) }
    }),
  })
  const jobs = [
    ...new Map(parts.flatMap(({ data }) => data ?? []).map((job) => [job.id, job])).values(),
  ]
  const failure = parts.find((part) => part.error)?.error
  const last = parts.at(-1)
  const oldest = last?.data?.at(-1)
  if (parts[0]?.data === undefined)
    return failure ? <FailureNote error={failure} /> : <SkeletonRows rows={8} />
  if (jobs.length === 0) return <NoJobs filtered={filtered} />
  return (
    <>
      {failure ? <FailureNote error={failure} /> : null}
      <Table caption="Jobs" columns={JOB_COLUMNS} rows={jobs} rowKey={(job) => job.id} />
      {oldest && last?.data?.length === PAGE_SIZE ? (
        <Button className="mt-3" onClick={() => setCursors([...cursors, oldest.id])}>
          Show older jobs
        </Button>
      ) : null}
    </>
  )
}

const NoJobs = ({ filtered }: { filtered: boolean }) =>
  filtered ? (
    <EmptyState
      title="No job fits the filter"
      action={
        <Link href={pages.jobs()} className={buttonClass()}>
          Show all jobs
        </Link>
      }
    />
  ) : (
    <EmptyState title="Here will be every job: what runs, what waits, what failed">
      A job begins when a plan is approved. You see those of the topologies that you may see.
    </EmptyState>
  )

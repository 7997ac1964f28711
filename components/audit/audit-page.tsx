'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter, useSearchParams } from 'next/navigation'
import { useCallback } from 'react'
import { Page, Section } from '@/components/frame/page'
import { FailureNote } from '@/components/query/query-view'
import { Button, buttonClass } from '@/components/ui/button'
import { count } from '@/components/ui/format'
import { EmptyState, SkeletonRows } from '@/components/ui/states'
import { auditClient, auditKeys, auditSearch } from '@/lib/api/client-audit'
import type { AuditLogState, AuditQuery } from '@/lib/api/contract-audit'
import { api, pages } from '@/lib/api/paths'
import { AuditEntry } from './audit-entry'
import { type AuditFilter, filterPath, readFilter, toQuery } from './audit-filter'
import { AuditFilters } from './audit-filters'
import { AuditBroken, AuditIntegrity } from './audit-integrity'

/** Who did what, to what, when and from where; newest first, never changed. */
export function AuditPage() {
  const search = useSearchParams()
  const router = useRouter()
  const filter = readFilter(search)
  const query = toQuery(filter)
  const change = useCallback(
    (some: Partial<AuditFilter>) =>
      router.replace(filterPath({ ...readFilter(new URLSearchParams(location.search)), ...some }), {
        scroll: false,
      }),
    [router],
  )
  const entries = useAudit(query)
  const log = entries.data?.pages[0]?.log ?? null
  return (
    <Page
      title="Audit"
      kind="settings"
      sentence={log ? sentenceOf(log) : undefined}
      actions={<Exports query={query} />}
    >
      {log ? <AuditBroken check={log.check} /> : null}
      <AuditFilters filter={filter} log={log} onChange={change} />
      <Entries entries={entries} filtered={Object.keys(query).length > 0} />
      {log ? (
        <Section title="Is the log whole?" className="mt-6">
          <AuditIntegrity log={log} />
        </Section>
      ) : null}
    </Page>
  )
}

const useAudit = (query: AuditQuery) =>
  useInfiniteQuery({
    queryKey: auditKeys.list(query),
    queryFn: ({ pageParam, signal }) =>
      auditClient.list(pageParam === null ? query : { ...query, before: pageParam }, signal),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: (previous) => previous,
  })

function Entries({
  entries,
  filtered,
}: {
  entries: ReturnType<typeof useAudit>
  filtered: boolean
}) {
  const failure = entries.error ? (
    <FailureNote error={entries.error} onRetry={() => void entries.refetch()} />
  ) : null
  if (!entries.data) return failure ?? <SkeletonRows rows={10} />
  const rows = entries.data.pages.flatMap((page) => page.rows)
  return (
    <>
      {failure ? <div className="mb-4">{failure}</div> : null}
      {rows.length === 0 ? (
        <Nothing filtered={filtered} />
      ) : (
        <ol
          aria-label="Entries"
          className="divide-y divide-line rounded-md border border-line bg-surface-1"
        >
          {rows.map((row) => (
            <AuditEntry key={row.seq} row={row} />
          ))}
        </ol>
      )}
      {entries.hasNextPage ? (
        <Button
          className="mt-3"
          busy={entries.isFetchingNextPage}
          onClick={() => void entries.fetchNextPage()}
        >
          Show older entries
        </Button>
      ) : null}
    </>
  )
}

const Nothing = ({ filtered }: { filtered: boolean }) =>
  filtered ? (
    <EmptyState
      title="No entry fits the filter"
      action={
        <Link href={pages.audit()} className={buttonClass()}>
          Show everything
        </Link>
      }
    />
  ) : (
    <EmptyState title="Here will be everything that is done in this panel">
      Each change is an entry with who did it, what was before and after, and from where.
    </EmptyState>
  )

/** Downloads of what is shown, all pages of it. The browser streams them to the disk. */
const Exports = ({ query }: { query: AuditQuery }) => (
  <>
    <a href={api.auditExport(auditSearch({ ...query, format: 'jsonl' }))} className={buttonClass()}>
      Export JSON lines
    </a>
    <a href={api.auditExport(auditSearch({ ...query, format: 'csv' }))} className={buttonClass()}>
      Export CSV
    </a>
  </>
)

function sentenceOf({ entries, check }: AuditLogState): string {
  if (check && !check.ok) return 'The log was changed by another way than the panel.'
  const checked = check
    ? check.from === 1
      ? 'all of it checked'
      : 'the newest part checked at start'
    : 'not checked yet'
  return `${count(entries, 'entry', 'entries')}, append-only, ${checked}.`
}

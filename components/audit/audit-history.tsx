'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { EmptyState, SkeletonRows } from '@/components/ui/states'
import { Time } from '@/components/ui/time'
import { auditClient, auditKeys } from '@/lib/api/client-audit'
import type { AuditAnswer, AuditRow } from '@/lib/api/contract-audit'
import { AuditSentence, howText, OutcomeMark } from './audit-sentence'

type Ask = (before: number | null, signal: AbortSignal) => Promise<AuditAnswer>

/** A topology's part of the audit log; with `object`, such as `vms/web` or `job/<id>`, that one's. */
export const AuditHistory = ({ topologyId, object }: { topologyId: string; object?: string }) => (
  <History
    queryKey={auditKeys.ofTopology(topologyId, object)}
    ask={(before, signal) =>
      auditClient.ofTopology(
        topologyId,
        { ...(object ? { object } : {}), ...(before === null ? {} : { before }), limit: PAGE },
        signal,
      )
    }
  />
)

/** What admins see of an object of the panel, such as `connection/<id>`. */
export const PanelAuditHistory = ({ object }: { object: string }) => (
  <History
    queryKey={auditKeys.list({ object, limit: PAGE })}
    ask={(before, signal) =>
      auditClient.list({ object, ...(before === null ? {} : { before }), limit: PAGE }, signal)
    }
  />
)

const PAGE = 30

function History({ queryKey, ask }: { queryKey: readonly unknown[]; ask: Ask }) {
  const entries = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => ask(pageParam, signal),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
  })
  const failure = entries.error ? (
    <FailureNote error={entries.error} onRetry={() => void entries.refetch()} />
  ) : null
  if (!entries.data) return failure ?? <SkeletonRows rows={4} />
  const rows = entries.data.pages.flatMap((page) => page.rows)
  if (rows.length === 0) return failure ?? <EmptyState title="Nothing happened yet" />
  return (
    <>
      {failure}
      <ol
        aria-label="What was done"
        className="divide-y divide-line rounded-md border border-line bg-surface-1"
      >
        {rows.map((row) => (
          <Line key={row.seq} row={row} />
        ))}
      </ol>
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

const Line = ({ row }: { row: AuditRow }) => (
  <li className="flex min-h-row items-baseline gap-3 px-3 py-1">
    <OutcomeMark outcome={row.outcome} />
    <span className="wrap-anywhere min-w-0 flex-1">
      <AuditSentence row={row} />{' '}
      <span className="text-caption text-ink-3">{howText(row.actor)}</span>
    </span>
    <span className="shrink-0 text-caption text-ink-3">
      <Time at={row.at} />
    </span>
  </li>
)

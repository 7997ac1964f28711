'use client'

import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { ErrorState, SkeletonRows } from '@/components/ui/states'
import { ApiFailure } from '@/lib/api/client'

/** A failure where it happened, with the one thing that may help. */
export function FailureNote({
  error,
  onRetry,
  action,
}: {
  error: Error
  onRetry?: () => void
  action?: ReactNode
}) {
  const code = error instanceof ApiFailure ? error.code : null
  return (
    <ErrorState
      message={error.message}
      code={code}
      action={action ?? (onRetry ? <Button onClick={onRetry}>Try again</Button> : undefined)}
    />
  )
}

/**
 * The states of a question: a skeleton while the first answer is on its way, the content, and above
 * it what went wrong. Content that came stays when a later answer fails.
 */
export function QueryView<T>({
  query,
  skeleton,
  children,
}: {
  query: UseQueryResult<T>
  skeleton?: ReactNode
  children: (data: T) => ReactNode
}) {
  const failure = query.error ? (
    <FailureNote error={query.error} onRetry={() => void query.refetch()} />
  ) : null
  if (query.data === undefined) return failure ?? skeleton ?? <SkeletonRows />
  return (
    <>
      {failure ? <div className="mb-4">{failure}</div> : null}
      {children(query.data)}
    </>
  )
}

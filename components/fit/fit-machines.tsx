'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useJobs } from '@/components/query/queries'
import { FailureNote } from '@/components/query/query-view'
import { useWhyNotRole } from '@/components/query/use-may'
import { Button, buttonClass } from '@/components/ui/button'
import { EmptyState, ErrorState } from '@/components/ui/states'
import { Time } from '@/components/ui/time'
import { client } from '@/lib/api/client'
import type { FitConnection } from '@/lib/api/contract-fit'
import { pages } from '@/lib/api/paths'
import { keys } from '@/lib/api/query-keys'

/** What the machines were last seen to have, how old that is, and the way to look again. */
export function FitMachines({ connections }: { connections: readonly FitConnection[] }) {
  if (connections.length === 0)
    return (
      <EmptyState
        title="Here will be the machines that this drawing can be fitted to"
        action={
          <Link href={`${pages.connections()}?add=1`} className={buttonClass()}>
            Add a connection
          </Link>
        }
      >
        No Proxmox is connected that you may build on.
      </EmptyState>
    )
  return (
    <ul className="mb-6 divide-y divide-line rounded-md border border-line bg-surface-1">
      {connections.map((connection) => (
        <Machine key={connection.id} connection={connection} />
      ))}
    </ul>
  )
}

function Machine({ connection }: { connection: FitConnection }) {
  const { id, name, readAt, trouble } = connection
  const queries = useQueryClient()
  const role = useWhyNotRole('operator', 'anywhere')
  const tests = useJobs({ kind: 'test-connection', limit: 20 }).data ?? []
  const running = tests.some(
    (job) => job.connectionId === id && (job.status === 'running' || job.status === 'queued'),
  )
  const test = useMutation({
    mutationFn: () => client.testConnection(id),
    onSuccess: () => void queries.invalidateQueries({ queryKey: keys.jobs() }),
  })
  const last = tests.find((job) => job.connectionId === id)
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-3 py-2">
      <div className="min-w-0 flex-1 basis-48">
        <span className="font-medium">{name}</span>{' '}
        <span className="text-ink-2">
          {running ? (
            'is being looked at now.'
          ) : readAt === null ? (
            'was not looked at yet.'
          ) : (
            <>
              was looked at <Time at={readAt} />.
            </>
          )}
        </span>
        {trouble.map(({ node, reason }) => (
          <ErrorState
            key={node}
            level="unknown"
            className="mt-2"
            message={`${node} could not be read - ${reason}`}
          />
        ))}
        {readAt === null && last?.error && !running ? (
          <ErrorState className="mt-2" message={last.error.message} code={last.error.code} />
        ) : null}
        {test.error ? <FailureNote error={test.error} /> : null}
      </div>
      <Button
        size="sm"
        busy={running || test.isPending}
        disabledReason={role}
        aria-label={`${readAt === null ? 'Look at' : 'Look again at'} ${name}`}
        onClick={() => test.mutate()}
      >
        {readAt === null ? 'Look at it' : 'Look again'}
      </Button>
    </li>
  )
}

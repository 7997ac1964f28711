'use client'

import { Section } from '@/components/frame/page'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { count } from '@/components/ui/format'
import { type Column, Table } from '@/components/ui/table'
import { Time } from '@/components/ui/time'
import { confirmDone } from '@/components/ui/toast'
import { account } from '@/lib/api/client-account'
import type { MyAccount, MySession } from '@/lib/api/contract-account'
import { useAccountChange } from './use-account'

const METHOD: Record<string, string | undefined> = {
  password: 'password',
  passkey: 'passkey',
  oidc: 'provider',
  invite: 'invitation',
  phone: 'link from the desk',
  setup: 'first account',
}

/** Where this person is signed in; one or all others can be ended, also where a page is open. */
export function SessionsSection({ me }: { me: MyAccount }) {
  const end = useAccountChange(account.endSession, () => confirmDone('The session is ended.'))
  const endOthers = useAccountChange(account.endOtherSessions, () =>
    confirmDone('All other sessions are ended.'),
  )
  const others = me.sessions.filter(({ current }) => !current).length
  const error = end.error ?? endOthers.error
  return (
    <Section
      title="Sessions"
      aside={
        <Button
          busy={endOthers.isPending}
          disabledReason={others === 0 ? 'There is no other session.' : null}
          onClick={() => endOthers.mutate()}
        >
          {others === 0 ? 'End all others' : `End ${count(others, 'other session')}`}
        </Button>
      }
    >
      <Table
        caption="Sessions"
        rows={me.sessions}
        rowKey={({ id }) => id}
        columns={[
          ...COLUMNS,
          {
            id: 'end',
            head: <span className="sr-only">Actions</span>,
            className: 'text-right',
            cell: ({ id, current, device }) =>
              current ? null : (
                <Button
                  size="sm"
                  variant="quiet"
                  aria-label={`End the session of ${device}`}
                  busy={end.isPending && end.variables === id}
                  onClick={() => end.mutate(id)}
                >
                  End
                </Button>
              ),
          },
        ]}
      />
      {error ? (
        <div className="mt-3">
          <FailureNote error={error} />
        </div>
      ) : null}
    </Section>
  )
}

const COLUMNS: readonly Column<MySession>[] = [
  {
    id: 'device',
    head: 'Device',
    cell: ({ device, current, kind }) => (
      <>
        {device}
        {current ? <span className="text-ink-3"> - this one</span> : null}
        {kind === 'phone' ? <span className="text-ink-3"> - phone, looks only</span> : null}
      </>
    ),
  },
  {
    id: 'from',
    head: 'From',
    from: 'sm',
    cell: ({ from }) => <span className="font-mono">{from ?? 'unknown'}</span>,
  },
  { id: 'by', head: 'By', from: 'lg', cell: ({ method }) => METHOD[method] ?? method },
  { id: 'since', head: 'Since', from: 'md', cell: ({ createdAt }) => <Time at={createdAt} /> },
  // Written once an hour, so it is no finer than that.
  { id: 'seen', head: 'Last seen', cell: ({ lastSeenAt }) => <Time at={lastSeenAt} /> },
  { id: 'ends', head: 'Ends', from: 'lg', cell: ({ expiresAt }) => <Time at={expiresAt} /> },
]

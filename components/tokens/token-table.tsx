'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { useNow } from '@/components/ui/now'
import { StateWord } from '@/components/ui/states'
import { type Column, Table } from '@/components/ui/table'
import { Time } from '@/components/ui/time'
import { confirmDone } from '@/components/ui/toast'
import { tokenKeys } from '@/lib/api/client-tokens'
import type { TokenSummary } from '@/lib/api/contract-tokens'
import { standingOf } from './token-words'

/** Tokens with what they may and when they were used last. Pressing Revoke twice ends one for good. */
export function TokenTable({
  caption,
  tokens,
  revoke,
  withOwner = false,
}: {
  caption: string
  tokens: readonly TokenSummary[]
  revoke: (id: string) => Promise<unknown>
  withOwner?: boolean
}) {
  const queries = useQueryClient()
  const end = useMutation({
    mutationFn: ({ id }: TokenSummary) => revoke(id),
    onSuccess: (_, { name }) => {
      void queries.invalidateQueries({ queryKey: tokenKeys.all() })
      confirmDone(`${name} is revoked. Whatever uses it is refused from now on.`)
    },
  })
  const actions: Column<TokenSummary> = {
    id: 'revoke',
    head: <span className="sr-only">Actions</span>,
    cell: (token) => (
      <Revoke
        token={token}
        busy={end.isPending && end.variables?.id === token.id}
        onRevoke={() => end.mutate(token)}
      />
    ),
  }
  return (
    <>
      {end.error ? (
        <div className="mb-3">
          <FailureNote error={end.error} />
        </div>
      ) : null}
      <Table
        caption={caption}
        columns={[...(withOwner ? [NAME, OWNER] : [NAME]), ...COLUMNS, actions]}
        rows={tokens}
        rowKey={({ id }) => id}
      />
    </>
  )
}

const NAME: Column<TokenSummary> = {
  id: 'name',
  head: 'Token',
  cell: ({ name, prefix, scopes }) => (
    <span className="flex flex-col">
      <span className="wrap-anywhere font-medium">{name}</span>
      <span className="font-mono text-caption text-ink-3">{prefix}…</span>
      <span className="font-mono text-caption sm:hidden">{scopes.join(', ')}</span>
    </span>
  ),
}

const OWNER: Column<TokenSummary> = { id: 'owner', head: 'Of', cell: ({ owner }) => owner.name }

const COLUMNS: Column<TokenSummary>[] = [
  {
    id: 'scopes',
    head: 'May',
    from: 'sm',
    cell: ({ scopes, topologies }) => (
      <span className="flex flex-col">
        <span className="font-mono text-caption">{scopes.join(', ')}</span>
        {topologies ? (
          <span className="text-caption text-ink-3">only {topologies.join(', ')}</span>
        ) : null}
      </span>
    ),
  },
  { id: 'standing', head: 'Ends', cell: (token) => <Standing token={token} /> },
  {
    id: 'used',
    head: 'Used last',
    from: 'md',
    cell: ({ lastUsedAt, lastUsedFrom }) =>
      lastUsedAt === null ? (
        <span className="text-ink-3">never</span>
      ) : (
        <span>
          <Time at={lastUsedAt} />
          {lastUsedFrom ? <span className="text-ink-3"> from {lastUsedFrom}</span> : null}
        </span>
      ),
  },
  { id: 'made', head: 'Made', from: 'lg', cell: ({ createdAt }) => <Time at={createdAt} /> },
]

function Standing({ token }: { token: TokenSummary }) {
  const now = useNow()
  if (now === null) return null
  const { state, text } = standingOf(token, now)
  return (
    <StateWord state={state} still>
      {text}
    </StateWord>
  )
}

/** Asks once more in place, for what uses the token stops at once. */
function Revoke({
  token,
  busy,
  onRevoke,
}: {
  token: TokenSummary
  busy: boolean
  onRevoke: () => void
}) {
  const [asking, setAsking] = useState(false)
  return (
    <span className="flex flex-wrap justify-end gap-1">
      {asking ? (
        <>
          <Button size="sm" onClick={() => setAsking(false)}>
            Keep
          </Button>
          <Button size="sm" variant="danger" busy={busy} onClick={onRevoke} autoFocus>
            Revoke {token.name}
          </Button>
        </>
      ) : (
        <Button size="sm" aria-label={`Revoke ${token.name}`} onClick={() => setAsking(true)}>
          Revoke
        </Button>
      )}
    </span>
  )
}

'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState, useSyncExternalStore } from 'react'
import { PasswordField } from '@/components/account/password-field'
import { Door } from '@/components/frame/door'
import { FailureNote, QueryView } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { ErrorState, SkeletonRows } from '@/components/ui/states'
import { Time } from '@/components/ui/time'
import { ApiFailure } from '@/lib/api/client'
import { people } from '@/lib/api/client-people'
import type { Invitation } from '@/lib/api/contract-people'
import { SHORTEST_PASSWORD } from '@/lib/api/password-length'
import { pages } from '@/lib/api/paths'
import { keys } from '@/lib/api/query-keys'

const never = () => () => {}

/**
 * Where an invitation leads. Its token stands behind the `#`, which no server, proxy or preview
 * sees, and is used only when the person says so.
 */
export function Invite() {
  const token = useSyncExternalStore(
    never,
    () => location.hash.slice(1),
    () => null,
  )
  if (token === '') {
    return (
      <Door title="Invitation">
        <ErrorState
          level="warn"
          message="The link is not whole - it ends in # and a token - copy all of it, or ask for a new one."
          code="invite.no-token"
        />
      </Door>
    )
  }
  return token === null ? <Door title="Invitation">{null}</Door> : <Looked token={token} />
}

function Looked({ token }: { token: string }) {
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => people.lookAtInvitation(token),
    retry: false,
    // A window that gets the focus back must not look at what was used meanwhile.
    staleTime: Number.POSITIVE_INFINITY,
  })
  const { data } = invitation
  return (
    <Door
      title={
        data
          ? data.reset
            ? `A new password, ${data.name}`
            : `Welcome, ${data.name}`
          : 'Invitation'
      }
      sentence={data ? <Sentence invitation={data} /> : undefined}
    >
      <QueryView query={invitation} skeleton={<SkeletonRows rows={3} />}>
        {(found) => <Ways token={token} invitation={found} />}
      </QueryView>
    </Door>
  )
}

const Sentence = ({ invitation }: { invitation: Invitation }) => (
  <>
    {invitation.reset
      ? 'Sessions that are open now end, and the old password no longer counts.'
      : 'Choose how you sign in to this panel from now on.'}{' '}
    The link works once and ends <Time at={invitation.expiresAt} />.
  </>
)

function Ways({ token, invitation }: { token: string; invitation: Invitation }) {
  const { oidc, passwords } = invitation
  const leave = useMutation({
    mutationFn: () => people.acceptAtProvider(token),
    onSuccess: ({ redirect }) => location.assign(redirect),
  })
  return (
    <div className="flex flex-col gap-4">
      {oidc ? (
        <Button
          variant={passwords ? undefined : 'primary'}
          busy={leave.isPending || leave.isSuccess}
          onClick={() => leave.mutate()}
        >
          Accept with {oidc.name}
        </Button>
      ) : null}
      {leave.error ? <FailureNote error={leave.error} /> : null}
      {passwords ? (
        <PasswordWay token={token} name={invitation.name} />
      ) : oidc ? null : (
        <ErrorState
          level="warn"
          message="Nothing is to be done here - you sign in through the provider already, and passwords are for break-glass accounts only - use the button of the sign-in page."
          code="invite.not-by-password"
        />
      )}
    </div>
  )
}

function PasswordWay({ token, name }: { token: string; name: string }) {
  const [password, setPassword] = useState('')
  const queries = useQueryClient()
  const accept = useMutation({
    mutationFn: () => people.acceptByPassword(token, password),
    onSuccess: (answer) => {
      queries.setQueryData(keys.session(), answer)
      // Not in the history, where the next person would find it.
      location.replace(answer.me ? pages.overview() : pages.signIn())
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (password.length >= SHORTEST_PASSWORD) accept.mutate()
  }
  const fault =
    accept.error instanceof ApiFailure
      ? accept.error.issues.find(({ path }) => path[0] === 'password')?.message
      : undefined
  const left = SHORTEST_PASSWORD - password.length
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {/* For password managers, which look for whose password it is. */}
      <input type="text" hidden name="username" autoComplete="username" value={name} readOnly />
      <PasswordField
        label="New password"
        autoComplete="new-password"
        value={password}
        onChange={setPassword}
        error={fault}
        help={
          password.length > 0 && left > 0
            ? `${left} more characters.`
            : `At least ${SHORTEST_PASSWORD} characters. A sentence is easier to keep than a code.`
        }
        autoFocus
      />
      {accept.error && !fault ? <FailureNote error={accept.error} /> : null}
      <Button
        type="submit"
        variant="primary"
        busy={accept.isPending || accept.isSuccess}
        disabledReason={left > 0 ? `${SHORTEST_PASSWORD} characters of password first.` : null}
      >
        Set password
      </Button>
    </form>
  )
}

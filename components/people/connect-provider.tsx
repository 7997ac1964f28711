'use client'

import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { usePathname } from 'next/navigation'
import { useConfirmed } from '@/components/account/use-confirmed'
import { Section } from '@/components/frame/page'
import { useSession } from '@/components/query/queries'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { StateWord } from '@/components/ui/states'
import { Time } from '@/components/ui/time'
import { ApiFailure } from '@/lib/api/client'
import type { SessionAnswer } from '@/lib/api/contract'
import type { MyAccount } from '@/lib/api/contract-account'
import { api } from '@/lib/api/paths'
import { keys } from '@/lib/api/query-keys'

/** Connects the own account with who the person is at the provider; nothing without a provider. */
export function ConnectProvider({ me }: { me: MyAccount }) {
  const oidc = useSession().data?.ways.oidc
  const pathname = usePathname()
  const confirmed = useConfirmed()
  const queries = useQueryClient()
  const leave = useMutation({
    mutationFn: () => confirmed(async () => mustBeFresh(queries)),
    onSuccess: () =>
      location.assign(`${api.oidcSignIn()}?link=1&next=${encodeURIComponent(pathname)}`),
  })
  if (!oidc) return null
  const [mine] = me.identities
  return (
    <Section title={`Sign-in with ${oidc.name}`}>
      <div className="flex flex-col items-start gap-3">
        {mine ? (
          <p className="text-ink-2">
            <StateWord state="ok">Connected.</StateWord>{' '}
            {mine.lastUsedAt === null ? null : (
              <>
                Used <Time at={mine.lastUsedAt} />.
              </>
            )}
          </p>
        ) : (
          <>
            <p className="max-w-[72ch] text-ink-2">
              Connect this account with yours at {oidc.name}, and its button on the sign-in page
              lets you in here as {me.name}.
            </p>
            <Button busy={leave.isPending} onClick={() => leave.mutate()}>
              Connect with {oidc.name}
            </Button>
          </>
        )}
        {leave.error ? <FailureNote error={leave.error} /> : null}
      </div>
    </Section>
  )
}

/** A link cannot be run again after a proof, as a request can: the proof is asked for before it. */
function mustBeFresh(queries: QueryClient): void {
  const answer = queries.getQueryData<SessionAnswer>(keys.session())
  // A little time for the way to the server.
  if ((answer?.session?.confirmedUntil ?? 0) > Date.now() + 30_000) return
  throw new ApiFailure(403, {
    code: 'confirm.sign-in-again',
    message:
      'Nothing was connected - your sign-in is too old for this - prove that it is you and try again.',
  })
}

'use client'

import { useMutation } from '@tanstack/react-query'
import { useState, useSyncExternalStore } from 'react'
import { Door } from '@/components/frame/door'
import { FailureNote } from '@/components/query/query-view'
import { Button } from '@/components/ui/button'
import { ErrorState } from '@/components/ui/states'
import { account } from '@/lib/api/client-account'
import { pages } from '@/lib/api/paths'

const never = () => () => {}

/**
 * Where the QR code of the desk leads. The link's token stands behind the `#`, which no server,
 * proxy or preview sees, and is used only when the person says so.
 */
export function Phone() {
  const token = useSyncExternalStore(
    never,
    () => location.hash.slice(1),
    () => null,
  )
  // Kept from the first look: the address is cleaned when the token is used.
  const [kept, setKept] = useState<string | null>(null)
  const signIn = useMutation({
    mutationFn: (used: string) => account.phoneSignIn({ token: used }),
    onSuccess: () => location.replace(pages.status()),
  })
  const use = (used: string) => {
    setKept(used)
    // Not in the history, where the next person would find it.
    history.replaceState(null, '', location.pathname)
    signIn.mutate(used)
  }
  const link = kept ?? token
  return (
    <Door
      title="Add this phone"
      sentence="It stays signed in for 30 days and may look at everything that you may. To act, it asks for your passkey or password again."
    >
      <div className="flex flex-col gap-4">
        {link === '' ? (
          <ErrorState
            level="warn"
            message="The link is not whole - it ends in # and a token - scan the code at the desk again."
            code="phone.no-token"
          />
        ) : (
          <Button
            variant="primary"
            size="touch"
            busy={signIn.isPending}
            disabledReason={link === null ? 'The page is loading.' : null}
            onClick={() => link && use(link)}
          >
            Add this phone
          </Button>
        )}
        {signIn.error ? <FailureNote error={signIn.error} /> : null}
      </div>
    </Door>
  )
}

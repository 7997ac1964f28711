'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { account } from '@/lib/api/client-account'
import type { MyAccount } from '@/lib/api/contract-account'
import { accountKeys } from './account-keys'
import { useConfirmed } from './use-confirmed'

/** How this person signs in, and where. */
export const useMyAccount = () =>
  useQuery({ queryKey: accountKeys.me(), queryFn: ({ signal }) => account.me(signal) })

/**
 * A change of the own account: asks for a proof where the panel wants one, and shows what the panel
 * answered.
 */
export function useAccountChange<Given = void>(
  change: (given: Given) => Promise<MyAccount>,
  onDone: (me: MyAccount, given: Given) => void = () => {},
) {
  const queries = useQueryClient()
  const confirmed = useConfirmed()
  return useMutation({
    mutationFn: (given: Given) => confirmed(() => change(given)),
    onSuccess: (me, given) => {
      queries.setQueryData(accountKeys.me(), me)
      onDone(me, given)
    },
  })
}

'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useConfirmed } from '@/components/account/use-confirmed'
import { peopleKeys } from '@/lib/api/client-people'
import type { OidcAnswer } from '@/lib/api/contract-people'
import { keys } from '@/lib/api/query-keys'

/** A change of the provider: asks for a proof, and shows what the panel answered. */
export function useOidcChange<Given>(
  change: (given: Given) => Promise<OidcAnswer>,
  onDone: () => void,
) {
  const queries = useQueryClient()
  const confirmed = useConfirmed()
  return useMutation({
    mutationFn: (given: Given) => confirmed(() => change(given)),
    onSuccess: async (answer) => {
      queries.setQueryData(peopleKeys.oidc(), answer)
      onDone()
      await queries.invalidateQueries({ queryKey: peopleKeys.list() })
      await queries.invalidateQueries({ queryKey: keys.session() })
    },
  })
}

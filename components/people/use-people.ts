'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useConfirmed } from '@/components/account/use-confirmed'
import { useWhyNotRole } from '@/components/query/use-may'
import { people, peopleKeys } from '@/lib/api/client-people'
import { keys } from '@/lib/api/query-keys'

/** Everybody; asked only for who may know. */
export function usePeople() {
  const enabled = useWhyNotRole('admin') === null
  return useQuery({
    queryKey: peopleKeys.list(),
    queryFn: ({ signal }) => people.list(signal),
    enabled,
  })
}

/** A change of somebody: asks for a proof where the panel wants one, and reads everybody again. */
export function usePeopleChange<Given, Done>(
  change: (given: Given) => Promise<Done>,
  onDone: (done: Done, given: Given) => void = () => {},
) {
  const queries = useQueryClient()
  const confirmed = useConfirmed()
  return useMutation({
    mutationFn: (given: Given) => confirmed(() => change(given)),
    onSuccess: async (done, given) => {
      onDone(done, given)
      await queries.invalidateQueries({ queryKey: peopleKeys.list() })
      // It may have been the own account.
      await queries.invalidateQueries({ queryKey: keys.session() })
    },
  })
}

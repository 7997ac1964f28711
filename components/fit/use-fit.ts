'use client'

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useConnections } from '@/components/query/queries'
import { client } from '@/lib/api/client'
import { fitClient } from '@/lib/api/client-fit'
import type { FitAnswer, FitQuery } from '@/lib/api/contract-fit'
import { pages } from '@/lib/api/paths'
import { keys } from '@/lib/api/query-keys'

/** The fit of a topology by these answers; asked again when a connection was looked at anew. */
export function useFit(topologyId: string, query: FitQuery) {
  const connections = useConnections().data ?? []
  const seen = connections.map(({ id, state }) => [id, state.state === 'known' ? state.at : null])
  return useQuery({
    queryKey: [...keys.topology(topologyId), 'fit', query, seen],
    queryFn: ({ signal }) => fitClient.fit(topologyId, query, signal),
    // What was answered before stays while the new fit is on its way.
    placeholderData: keepPreviousData,
  })
}

/** Saves a fit as one revision and opens the drawing. */
export function useSaveFit(topologyId: string) {
  const queries = useQueryClient()
  const router = useRouter()
  return useMutation({
    mutationFn: ({ fit, message }: { fit: FitAnswer; message: string }) =>
      client.save(topologyId, { text: fit.text, parent: fit.revision.number, message }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: keys.topology(topologyId) })
      void queries.invalidateQueries({ queryKey: keys.topologies() })
      router.push(pages.design(topologyId))
    },
  })
}

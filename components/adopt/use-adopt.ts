'use client'

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useConnections } from '@/components/query/queries'
import { useWhyNotRole } from '@/components/query/use-may'
import { client } from '@/lib/api/client'
import { adoptClient } from '@/lib/api/client-adopt'
import type { AdoptAnswer, AdoptQuery } from '@/lib/api/contract-adopt'
import { pages } from '@/lib/api/paths'
import { keys } from '@/lib/api/query-keys'

/** What was found, drawn by these choices; asked again when a connection was looked at anew. */
export function useAdopt(topologyId: string, query: AdoptQuery) {
  const connections = useConnections().data ?? []
  const seen = connections.map(({ id, state }) => [id, state.state === 'known' ? state.at : null])
  return useQuery({
    queryKey: [...keys.topology(topologyId), 'adopt', query, seen],
    queryFn: ({ signal }) => adoptClient.adopt(topologyId, query, signal),
    // What was chosen before stays while the new drawing is on its way.
    placeholderData: keepPreviousData,
  })
}

/** Saves what was read as one revision, has its machines looked at, and opens the plan that marks them. */
export function useSaveAdoption(topologyId: string) {
  const mayLook = useWhyNotRole('operator', { topology: topologyId }) === null
  const queries = useQueryClient()
  const router = useRouter()
  return useMutation({
    mutationFn: async ({ read, message }: { read: AdoptAnswer; message: string }) => {
      const { text, revision } = read
      await client.save(topologyId, { text, parent: revision.number, message })
      if (mayLook) await client.errand(topologyId, { kind: 'refresh' })
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: keys.topology(topologyId) })
      void queries.invalidateQueries({ queryKey: keys.topologies() })
      router.push(pages.plan(topologyId, { kind: 'adopt' }))
    },
  })
}

'use client'

import { type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { confirmDone } from '@/components/ui/toast'
import { client } from '@/lib/api/client'
import { addressesClient, addressKeys } from '@/lib/api/client-addresses'
import type { TopologyHead } from '@/lib/api/contract'
import type { AddressesAnswer } from '@/lib/api/contract-addresses'
import { keys } from '@/lib/api/query-keys'
import { type AddressMap, toAddressMap } from '@/lib/topology/address-map'
import { type ChangeSet, invert } from '@/lib/topology/change'
import { type Holder, listHolders } from '@/lib/topology/ipam-holders'

/** Who was seen and what other topologies have. */
export const useAddressesAround = (t: string): UseQueryResult<AddressesAnswer> =>
  useQuery({
    queryKey: addressKeys.addresses(t),
    queryFn: ({ signal }) => addressesClient.addresses(t, signal),
  })

/** Everybody with an address, and a map of each network. */
export type AddressBook = { holders: Holder[]; maps: AddressMap[]; around: AddressesAnswer }

/** Made anew when the document or what was seen changes. */
export function useAddressBook(head: TopologyHead, around: AddressesAnswer): AddressBook {
  return useMemo(() => {
    const holders = listHolders(head.document, around)
    const maps = Object.keys(head.document.networks ?? {}).flatMap(
      (id) => toAddressMap(head.document, id, holders) ?? [],
    )
    return { holders, maps, around }
  }, [head.document, around])
}

/** One change of the document with the message of its revision. */
export type AddressChange = { changes: ChangeSet; message: string }

/** Saves a change as a revision of its own, on the head as it was read; offers to take it back. */
export function useSaveAddresses(head: TopologyHead) {
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: async ({ changes, message }: AddressChange) => {
      // The text's syntax tree is needed here alone: loaded when somebody saves.
      const { rewriteText } = await import('@/lib/topology/rewrite')
      const text = rewriteText(head.text, changes)
      const answer = await client.save(head.id, { text, parent: head.revision.number, message })
      // Busy until the new head is here, on which the next change is made; the rest follows.
      await queries.invalidateQueries({ queryKey: keys.head(head.id) })
      void queries.invalidateQueries({ queryKey: keys.topology(head.id) })
      return { answer, rewriteText }
    },
    onSuccess: ({ answer, rewriteText }, { changes, message }) => {
      confirmDone(`${message} - saved as r${answer.revision.number}.`, {
        run: () => {
          const text = rewriteText(answer.text, invert(changes))
          const parent = answer.revision.number
          void client
            .save(head.id, { text, parent, message: `Take back: ${message}` })
            .then(() => queries.invalidateQueries({ queryKey: keys.topology(head.id) }))
            .catch((error: Error) => confirmDone(error.message))
        },
      })
    },
  })
  return save
}

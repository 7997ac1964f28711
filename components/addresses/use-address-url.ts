'use client'

import { useRouter, useSearchParams } from 'next/navigation'
import { useCallback, useMemo } from 'react'
import { pages } from '@/lib/api/paths'

/** What the page shows, all of it in its URL. */
export type AddressUrl = {
  /** Network whose map is open. */
  network: string | null
  view: 'map' | 'table'
  /** Address that is inspected. */
  at: string | null
  /** What is searched for. */
  q: string
}

export const readAddressUrl = (search: Pick<URLSearchParams, 'get'>): AddressUrl => ({
  network: search.get('network'),
  view: search.get('view') === 'table' ? 'table' : 'map',
  at: search.get('at'),
  q: search.get('q') ?? '',
})

/** `?network=lan&at=10.2.0.33`; what is at its default is left out. */
export function writeAddressUrl({ network, view, at, q }: AddressUrl): string {
  const search = new URLSearchParams()
  if (network !== null) search.set('network', network)
  if (view === 'table') search.set('view', view)
  if (at !== null) search.set('at', at)
  if (q !== '') search.set('q', q)
  return search.size > 0 ? `?${search}` : ''
}

export function useAddressUrl(topologyId: string) {
  const search = useSearchParams()
  const router = useRouter()
  const url = useMemo(() => readAddressUrl(search), [search])
  const change = useCallback(
    (next: Partial<AddressUrl>) => {
      const now = readAddressUrl(new URLSearchParams(location.search))
      const path = pages.addresses(topologyId, writeAddressUrl({ ...now, ...next }))
      router.replace(path, { scroll: false })
    },
    [router, topologyId],
  )
  return [url, change] as const
}

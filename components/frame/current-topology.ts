'use client'

import { usePathname } from 'next/navigation'
import { useEffect, useState } from 'react'
import { useTopologies } from '@/components/query/queries'
import { topologyOf } from './pages'

const KEY = 'topology'

/**
 * The topology that the frame is about: the one in the URL, else the one looked at last, else the
 * first. Null while none exists or none is known yet.
 */
export function useCurrentTopology(): string | null {
  const named = topologyOf(usePathname())
  const { data } = useTopologies()
  const [last, setLast] = useState<string | null>(null)
  useEffect(() => {
    if (named) localStorage.setItem(KEY, named)
    setLast(localStorage.getItem(KEY))
  }, [named])
  if (named) return named
  const known = data?.some((each) => each.id === last) ? last : null
  return known ?? data?.[0]?.id ?? null
}

'use client'

import { useConnections } from '@/components/query/queries'
import { RAIL, type RailPage } from './pages'

/** The rail's pages: the lab's is there while a lab is connected. */
export function useRailPages(): readonly RailPage[] {
  const lab = useConnections().data?.some((connection) => connection.lab) ?? false
  return lab ? RAIL : RAIL.filter(({ id }) => id !== 'lab')
}

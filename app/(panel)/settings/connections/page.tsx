import type { Metadata } from 'next'
import { Suspense } from 'react'
import { ConnectionsPage } from '@/components/settings/connections-page'

export const metadata: Metadata = { title: 'Connections' }

export default function Connections() {
  return (
    <Suspense>
      <ConnectionsPage />
    </Suspense>
  )
}

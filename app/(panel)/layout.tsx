import type { ReactNode } from 'react'
import { Frame } from '@/components/frame/frame'
import { ProviderNotice } from '@/components/people/provider-notice'

/**
 * No page has a Suspense boundary: one is hydrated after queries of the rest have answered, and finds
 * another state than the server rendered. None is needed, because no page is rendered ahead of time.
 */
export default function PanelLayout({ children }: { children: ReactNode }) {
  return (
    <Frame>
      <ProviderNotice />
      {children}
    </Frame>
  )
}

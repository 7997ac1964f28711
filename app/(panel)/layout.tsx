import { type ReactNode, Suspense } from 'react'
import { Frame } from '@/components/frame/frame'
import { ProviderNotice } from '@/components/people/provider-notice'

export default function PanelLayout({ children }: { children: ReactNode }) {
  return (
    <Frame>
      <Suspense>
        <ProviderNotice />
      </Suspense>
      {children}
    </Frame>
  )
}

import type { Metadata } from 'next'
import { WhatIfPage } from '@/components/what-if/what-if-page'

export const metadata: Metadata = { title: 'What if' }

export default async function WhatIf({ params }: { params: Promise<{ t: string }> }) {
  const { t } = await params
  return <WhatIfPage topologyId={decodeURIComponent(t)} />
}

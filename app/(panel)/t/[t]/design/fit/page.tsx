import type { Metadata } from 'next'
import { FitPage } from '@/components/fit/fit-page'

export const metadata: Metadata = { title: 'Fit' }

export default async function Fit({ params }: { params: Promise<{ t: string }> }) {
  const { t } = await params
  return <FitPage topologyId={decodeURIComponent(t)} />
}

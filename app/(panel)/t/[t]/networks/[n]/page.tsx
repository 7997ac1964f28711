import type { Metadata } from 'next'
import { NetworkPage } from '@/components/addresses/network-page'

export const metadata: Metadata = { title: 'Network' }

export default async function Network({ params }: { params: Promise<{ t: string; n: string }> }) {
  const { t, n } = await params
  return <NetworkPage topologyId={decodeURIComponent(t)} network={decodeURIComponent(n)} />
}

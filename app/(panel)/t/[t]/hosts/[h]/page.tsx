import type { Metadata } from 'next'
import { HostPage } from '@/components/machines/host-page'

export const metadata: Metadata = { title: 'Host' }

export default async function Host({ params }: { params: Promise<{ t: string; h: string }> }) {
  const { t, h } = await params
  return <HostPage topologyId={decodeURIComponent(t)} host={decodeURIComponent(h)} />
}

import type { Metadata } from 'next'
import { HistoryPage } from '@/components/plan/history-page'

export const metadata: Metadata = { title: 'History' }

export default async function History({ params }: { params: Promise<{ t: string }> }) {
  const { t } = await params
  return <HistoryPage topologyId={decodeURIComponent(t)} />
}

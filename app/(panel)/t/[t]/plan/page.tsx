import type { Metadata } from 'next'
import { PlanPage } from '@/components/plan/plan-page'

export const metadata: Metadata = { title: 'Plan' }

export default async function Plan({ params }: { params: Promise<{ t: string }> }) {
  const { t } = await params
  return <PlanPage topologyId={decodeURIComponent(t)} />
}

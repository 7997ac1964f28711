import type { Metadata } from 'next'
import { ClusterPage } from '@/components/cluster/cluster-page'

export const metadata: Metadata = { title: 'Cluster' }

export default async function Cluster({ params }: { params: Promise<{ t: string }> }) {
  const { t } = await params
  return <ClusterPage topologyId={decodeURIComponent(t)} />
}

import type { Metadata } from 'next'
import { Design } from '@/components/topology/design/design'

export const metadata: Metadata = { title: 'Design' }

export default async function DesignPage({ params }: { params: Promise<{ t: string }> }) {
  const { t } = await params
  return <Design topologyId={decodeURIComponent(t)} />
}

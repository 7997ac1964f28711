import type { Metadata } from 'next'
import { AddOnsPage } from '@/components/cluster/add-ons-page'

export const metadata: Metadata = { title: 'Add-ons' }

export default async function AddOns({ params }: { params: Promise<{ t: string }> }) {
  const { t } = await params
  return <AddOnsPage topologyId={decodeURIComponent(t)} />
}

import type { Metadata } from 'next'
import { AdoptPage } from '@/components/adopt/adopt-page'

export const metadata: Metadata = { title: 'My Proxmox' }

export default async function Adopt({ params }: { params: Promise<{ t: string }> }) {
  const { t } = await params
  return <AdoptPage topologyId={decodeURIComponent(t)} />
}

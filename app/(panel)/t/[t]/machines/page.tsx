import type { Metadata } from 'next'
import { MachinesPage } from '@/components/machines/machines-page'

export const metadata: Metadata = { title: 'Machines' }

export default async function Machines({ params }: { params: Promise<{ t: string }> }) {
  const { t } = await params
  return <MachinesPage topologyId={decodeURIComponent(t)} />
}

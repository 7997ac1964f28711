import type { Metadata } from 'next'
import { VmPage } from '@/components/machines/vm-page'

export const metadata: Metadata = { title: 'VM' }

export default async function Vm({ params }: { params: Promise<{ t: string; v: string }> }) {
  const { t, v } = await params
  return <VmPage topologyId={decodeURIComponent(t)} vm={decodeURIComponent(v)} />
}

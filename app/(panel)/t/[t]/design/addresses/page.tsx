import type { Metadata } from 'next'
import { AddressesPage } from '@/components/addresses/addresses-page'

export const metadata: Metadata = { title: 'Addresses' }

export default async function Addresses({ params }: { params: Promise<{ t: string }> }) {
  const { t } = await params
  return <AddressesPage topologyId={decodeURIComponent(t)} />
}

import type { Metadata } from 'next'
import { Setup } from './setup'

export const metadata: Metadata = { title: 'First account', referrer: 'no-referrer' }

export default async function SetupPage({
  searchParams,
}: {
  searchParams: Promise<{ token?: string | string[] }>
}) {
  const { token } = await searchParams
  return <Setup token={typeof token === 'string' ? token : ''} />
}

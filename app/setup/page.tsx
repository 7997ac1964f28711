import type { Metadata } from 'next'
import { Setup } from './setup'

export const metadata: Metadata = { title: 'First account', referrer: 'no-referrer' }

export default function SetupPage() {
  return <Setup />
}

import type { Metadata } from 'next'
import { Phone } from './phone'

export const metadata: Metadata = { title: 'Add this phone', referrer: 'no-referrer' }

export default function PhonePage() {
  return <Phone />
}

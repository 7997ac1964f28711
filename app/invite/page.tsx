import type { Metadata } from 'next'
import { Invite } from './invite'

export const metadata: Metadata = { title: 'Invitation', referrer: 'no-referrer' }

export default function InvitePage() {
  return <Invite />
}

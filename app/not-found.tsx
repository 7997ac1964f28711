import type { Metadata } from 'next'
import Link from 'next/link'
import { Door } from '@/components/frame/door'
import { buttonClass } from '@/components/ui/button-class'

export const metadata: Metadata = { title: 'Not found' }

export default function NotFound() {
  return (
    <Door
      title="Nothing is at this address"
      sentence="The object may have been removed or renamed, or the link is not whole."
    >
      <Link href="/" className={buttonClass({ variant: 'primary' })}>
        Go to the overview
      </Link>
    </Door>
  )
}

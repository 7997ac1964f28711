import { redirect } from 'next/navigation'
import { pages } from '@/lib/api/paths'

/** The page of the settings that everybody has. */
export default function Settings() {
  redirect(pages.account())
}

'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useSession } from '@/components/query/queries'
import { whyNotRole } from '@/components/query/use-may'
import { cn } from '@/components/ui/cn'
import type { Role } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'

/** The pages of the settings, each with the least that a person must be everywhere to see it. */
const ENTRIES: readonly { label: string; path: string; needs: Role }[] = [
  { label: 'Connections', path: pages.connections(), needs: 'member' },
  { label: 'My account', path: pages.account(), needs: 'member' },
  { label: 'People', path: pages.people(), needs: 'admin' },
  { label: 'Tokens', path: pages.tokens(), needs: 'member' },
  { label: 'Secrets', path: pages.secrets(), needs: 'admin' },
  { label: 'Panel', path: pages.panel(), needs: 'admin' },
  { label: 'Audit', path: pages.audit(), needs: 'admin' },
]

/** The settings' own pages, as a row above each; only those that this person may see. */
export function SettingsNav() {
  const pathname = usePathname()
  const { data } = useSession()
  const role = data?.me?.role
  return (
    <nav aria-label="Settings" className="border-line border-b bg-surface-1 px-3 sm:px-4">
      <ul className="-mx-3 flex h-[calc(var(--spacing-control)+2px)] overflow-x-auto px-0.5 pt-0.5">
        {ENTRIES.filter(({ needs }) => whyNotRole(role, needs) === null).map(({ label, path }) => {
          const here = pathname === path || pathname.startsWith(`${path}/`)
          return (
            <li key={path} className="shrink-0">
              <Link
                href={path}
                aria-current={here ? 'page' : undefined}
                className={cn(
                  'inline-flex h-control items-center border-b-2 px-3 text-body',
                  here
                    ? 'border-work font-medium text-ink-1'
                    : 'border-transparent text-ink-2 hover:text-ink-1',
                )}
              >
                {label}
              </Link>
            </li>
          )
        })}
      </ul>
    </nav>
  )
}

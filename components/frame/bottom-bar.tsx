'use client'

import { Activity, CircleCheck, Ellipsis, ScrollText } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { useJobs } from '@/components/query/queries'
import { cn } from '@/components/ui/cn'
import { Dialog } from '@/components/ui/dialog'
import { pages } from '@/lib/api/paths'
import { PageLink } from './page-link'
import { railPath } from './rail'
import { useRailPages } from './use-rail-pages'

const cell =
  'relative flex h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-caption'

/** Phones: Status, Jobs, Approve, More; the rest of the rail is behind More. */
export function BottomBar({
  current,
  topologyId,
}: {
  current: string | null
  topologyId: string | null
}) {
  const [more, setMore] = useState(false)
  const shown = useRailPages()
  const waiting = useJobs({ status: 'awaiting-approval', limit: 20 }).data?.length ?? 0
  const [first] = useJobs({ status: 'awaiting-approval', limit: 20 }).data ?? []
  const approve =
    waiting === 1 && first ? pages.job(first.id) : `${pages.jobs()}?status=awaiting-approval`
  const tone = (here: boolean) => (here ? 'text-work' : 'text-ink-2')
  return (
    <nav
      aria-label="Pages"
      className="fixed inset-x-0 bottom-0 z-30 flex border-line border-t bg-surface-1 pb-[env(safe-area-inset-bottom)] sm:hidden"
    >
      <a href={pages.status()} className={cn(cell, tone(current === 'status'))}>
        <Activity size={18} aria-hidden /> Status
      </a>
      <Link href={pages.jobs()} className={cn(cell, tone(current === 'jobs'))}>
        <ScrollText size={18} aria-hidden /> Jobs
      </Link>
      <Link href={approve} className={cn(cell, waiting > 0 ? 'text-warn' : 'text-ink-2')}>
        <CircleCheck size={18} aria-hidden />
        {waiting > 0 ? `Approve ${waiting}` : 'Approve'}
      </Link>
      <button type="button" onClick={() => setMore(true)} className={cn(cell, 'text-ink-2')}>
        <Ellipsis size={18} aria-hidden /> More
      </button>
      <Dialog open={more} onClose={() => setMore(false)} title="Pages">
        <ul className="-mx-2">
          {shown.map((page) => (
            <li key={page.id}>
              <PageLink
                outside={page.outside}
                href={railPath(page, topologyId)}
                onClick={() => setMore(false)}
                aria-current={page.id === current ? 'page' : undefined}
                className="flex h-12 items-center gap-3 rounded-sm px-3 text-prose aria-[current=page]:bg-surface-2"
              >
                <page.icon size={18} aria-hidden />
                {page.label}
              </PageLink>
            </li>
          ))}
        </ul>
      </Dialog>
    </nav>
  )
}

'use client'

import Link from 'next/link'
import { cn } from '@/components/ui/cn'
import { StateMark } from '@/components/ui/state-mark'
import { Time } from '@/components/ui/time'
import { pages } from '@/lib/api/paths'
import { useLive } from '@/lib/live/client'

/** Whether what the page shows is kept current: `live`, `reconnecting`, or as of when. */
export function LiveBadge() {
  const live = useLive()
  return (
    <span
      role="status"
      className={cn(
        'inline-flex h-6 items-center gap-1.5 whitespace-nowrap rounded-sm px-1.5 text-caption text-ink-2',
        // A phone has no room for good news; bad news it must show.
        (live.status === 'live' || live.status === 'connecting') && 'max-sm:hidden',
      )}
    >
      {live.status === 'live' ? (
        <>
          <StateMark state="ok" size={10} /> live
        </>
      ) : live.status === 'connecting' ? (
        <>
          <StateMark state="unknown" size={12} /> connecting
        </>
      ) : live.status === 'unauthorized' ? (
        <Link href={pages.signIn()} className="text-work underline">
          Signed out<span className="max-sm:hidden"> - sign in again</span>
        </Link>
      ) : (
        <span className="hatched inline-flex h-6 items-center gap-1.5 rounded-sm border border-unknown px-1.5 text-ink-1">
          <StateMark state="unknown" size={12} /> as of <Time at={live.asOf} />
          <span className="max-sm:hidden">, reconnecting</span>
        </span>
      )}
    </span>
  )
}

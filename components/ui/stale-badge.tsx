'use client'

import { STALE_MS, useNow } from './now'
import { StateMark } from './state-mark'
import { Time } from './time'

/** The content beside it is as old as this: plain while it is fresh, hatched when it is not. */
export function StaleBadge({ at, reason }: { at: number | null; reason?: string }) {
  const now = useNow()
  if (at !== null && now !== null && now - at < STALE_MS)
    return (
      <span title={reason} className="whitespace-nowrap text-caption text-ink-3">
        as of <Time at={at} />
      </span>
    )
  return (
    <span
      title={reason}
      className="hatched inline-flex h-6 items-center gap-1.5 whitespace-nowrap rounded-sm border border-unknown px-1.5 text-caption text-ink-1"
    >
      <StateMark state="unknown" size={12} />
      {at === null ? (
        'never seen'
      ) : (
        <>
          as of <Time at={at} />
        </>
      )}
    </span>
  )
}

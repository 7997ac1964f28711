'use client'

import { formatDuration, formatRelative } from './format'
import { useNow } from './now'
import { Tooltip } from './tooltip'

/** The exact instant in the reader's zone, for titles and copies. */
export const exactTime = (at: number): string =>
  new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

/** "4 min ago", the exact instant on hover. On the server the date in UTC, so that both agree. */
export function Time({ at, className }: { at: number; className?: string }) {
  const now = useNow()
  const iso = new Date(at).toISOString()
  return (
    <time
      // It ticks: inside a live region it would be read out every second.
      aria-live="off"
      dateTime={iso}
      title={now === null ? undefined : exactTime(at)}
      className={className ?? 'whitespace-nowrap'}
    >
      {now === null ? iso.slice(0, 16).replace('T', ' ') : formatRelative(at, now)}
    </time>
  )
}

/** A span of time: ended, or still running when `to` is null. */
export function Duration({ from, to }: { from: number; to: number | null }) {
  const now = useNow()
  const end = to ?? now
  if (end === null) return <span>-</span>
  return (
    <span aria-live="off" className="whitespace-nowrap tabular-nums">
      {formatDuration(end - from)}
    </span>
  )
}

/** Clock time of a log line, the date on hover. */
export function Clock({ at }: { at: number }) {
  const now = useNow()
  return (
    <Tooltip text={now === null ? null : exactTime(at)}>
      <time dateTime={new Date(at).toISOString()} className="tabular-nums">
        {now === null ? '' : new Date(at).toLocaleTimeString(undefined, { hour12: false })}
      </time>
    </Tooltip>
  )
}

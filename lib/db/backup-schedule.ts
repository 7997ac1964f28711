import { KEEP, type Keep } from './backup-keep'

export type BackupSchedule = {
  /** False: no backup is made by itself, except before migrations. */
  enabled: boolean
  /** `03:30`, on the clock of `zone`. */
  at: string
  /** IANA name, `Europe/Berlin`. */
  zone: string
  keep: Keep
}

/** What holds until an admin says otherwise: each night at half past three where the panel stands. */
export const defaultSchedule = (zone: string): BackupSchedule => ({
  enabled: true,
  at: '03:30',
  zone,
  keep: KEEP,
})

const MINUTE = 60_000
/** A backup that was missed while the panel was off is made so long after its start. */
const CATCH_UP_MS = 2 * MINUTE
/** After a failure it is tried again. */
const RETRY_MS = 60 * MINUTE

/** What is remembered of the scheduled backups; times in UTC milliseconds. */
export type BackupHistory = {
  /** The last that was made, or the panel's first start: what is due is judged from here. */
  since: number
  /** When it failed last, null when the last one was made. */
  failedAt: number | null
}

/**
 * When the next scheduled backup is due, UTC milliseconds, null when none is. Pure, and the same
 * until one is made or fails, so it is due when this is not after now. `jitterMs` moves it back, so
 * that several panels do not write to one share at once. What was missed while the panel was off is
 * due soon after `startedAt`, and what failed an hour later.
 */
export function nextBackup(
  schedule: BackupSchedule,
  { since, failedAt }: BackupHistory,
  startedAt: number,
  jitterMs: number,
): number | null {
  if (!schedule.enabled) return null
  const due = nextAt(since, schedule.at, schedule.zone) + jitterMs
  const afterStart = due < startedAt ? startedAt + CATCH_UP_MS : due
  return failedAt === null ? afterStart : Math.max(afterStart, failedAt + RETRY_MS)
}

/**
 * The first instant after `after` at which the clocks of `zone` show `time`. A time that the change
 * to summer leaves out counts as the hour after it; one that comes twice counts the first time.
 */
export function nextAt(after: number, time: string, zone: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  for (let day = -1; day <= 2; day++) {
    const at = instantOf(after + day * 24 * 60 * MINUTE, hour, minute, zone)
    if (at > after) return at
  }
  throw new Error(`no ${time} in ${zone} after ${after}`)
}

/** `hour:minute` on the calendar day that `near` has in the zone. */
function instantOf(near: number, hour: number, minute: number, zone: string): number {
  const { year, month, day } = wallOf(near, zone)
  const asUtc = Date.UTC(year, month - 1, day, hour, minute)
  // A zone's distance from UTC before and after a change; the earlier instant that fits is it.
  const offsets = [-1, 1].map((side) => offsetAt(asUtc + side * 24 * 60 * MINUTE, zone))
  const fits = offsets
    .map((offset) => asUtc - offset)
    .filter((at) => {
      const wall = wallOf(at, zone)
      return wall.hour === hour && wall.minute === minute
    })
  return fits.length > 0 ? Math.min(...fits) : asUtc - Math.min(...offsets)
}

/** How far the zone's clocks are ahead of UTC, in milliseconds. */
function offsetAt(at: number, zone: string): number {
  const { year, month, day, hour, minute } = wallOf(at, zone)
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(at / MINUTE) * MINUTE
}

function wallOf(at: number, zone: string) {
  const parts = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: zone, hourCycle: 'h23' },
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' },
  }).formatToParts(at)
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value)
  return {
    ...{ year: of('year'), month: of('month'), day: of('day') },
    ...{ hour: of('hour'), minute: of('minute') },
  }
}

/** Whether a text names a time zone that this machine knows. */
export function isZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: text })
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

import type { FoundBackup } from './backup'

/** How many scheduled backups stay: the newest of so many days, weeks and months that have one. */
export type Keep = { daily: number; weekly: number; monthly: number }
export const KEEP: Keep = { daily: 7, weekly: 4, monthly: 3 }

/** Backups from before a migration that stay. */
const BEFORE_MIGRATION = 3

/**
 * Names of the backups that may go. Pure. What a person asked for stays until a person removes it,
 * and so does what cannot be understood; the newest that can be used always stays. Days, weeks
 * (from Monday) and months are those of `zone`, an IANA name.
 */
export function findExpired(found: readonly FoundBackup[], keep: Keep, zone: string): string[] {
  const backups = found
    .flatMap(({ manifest }) => (manifest ? [manifest] : []))
    .toSorted((a, b) => b.at - a.at)
  const scheduled = backups.filter(({ reason }) => reason === 'scheduled')
  const [newest] = backups
  const stay = new Set([
    ...(newest ? [newest.name] : []),
    ...newestOf(scheduled, keep.daily, (at) => dayIn(at, zone)),
    ...newestOf(scheduled, keep.weekly, (at) => weekOf(dayIn(at, zone))),
    ...newestOf(scheduled, keep.monthly, (at) => dayIn(at, zone).slice(0, 7)),
    ...backups
      .filter(({ reason }) => reason === 'before-migration')
      .slice(0, BEFORE_MIGRATION)
      .map(({ name }) => name),
  ])
  return backups
    .filter(({ name, reason }) => reason !== 'asked' && reason !== 'box' && !stay.has(name))
    .map(({ name }) => name)
}

/** The newest of each of the first `count` periods; `backups` come newest first. */
function newestOf(
  backups: readonly { name: string; at: number }[],
  count: number,
  periodOf: (at: number) => string,
): string[] {
  const newest = new Map<string, string>()
  for (const { name, at } of backups) {
    const period = periodOf(at)
    if (!newest.has(period)) newest.set(period, name)
  }
  return [...newest.values()].slice(0, count)
}

/** `2026-11-24`, the day on the calendar of `zone`. */
const dayIn = (at: number, zone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(at)

/** The Monday that a day's week began with. */
function weekOf(day: string): string {
  const at = Date.parse(`${day}T00:00:00Z`)
  const sinceMonday = (new Date(at).getUTCDay() + 6) % 7
  return new Date(at - sinceMonday * 86_400_000).toISOString().slice(0, 10)
}

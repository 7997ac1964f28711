const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `850 ms`, `12 s`, `4 min 12 s`, `3 h 5 min`, `2 d 4 h`; two units at most. Negative counts as 0. */
export function formatDuration(ms: number): string {
  const left = Math.max(0, ms)
  if (left < 1000) return `${Math.round(left)} ms`
  const s = Math.round(left / 1000)
  if (s < 60) return `${s} s`
  if (s < 3600) return two(Math.floor(s / 60), 'min', s % 60, 's')
  const min = Math.round(s / 60)
  if (min < 24 * 60) return two(Math.floor(min / 60), 'h', min % 60, 'min')
  const h = Math.round(min / 60)
  return two(Math.floor(h / 24), 'd', h % 24, 'h')
}

const two = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`

/** An estimate: `under 1 min`, `about 4 min`, `about 1 h 20 min`. */
export function formatEstimate(ms: number): string {
  if (ms < MINUTE) return 'under 1 min'
  const min = Math.ceil(ms / MINUTE)
  return min < 60 ? `about ${min} min` : `about ${formatDuration(min * MINUTE)}`
}

/** `just now`, `4 min ago`, `in 2 h`; from a week on the date. */
export function formatRelative(at: number, now: number): string {
  const gone = now - at
  const size = Math.abs(gone)
  // A clock that ticks once a second is up to one behind what just happened.
  if (size < 10_000) return 'just now'
  if (size >= 7 * DAY) return new Date(at).toISOString().slice(0, 10)
  const text =
    size < MINUTE
      ? `${Math.floor(size / 1000)} s`
      : size < HOUR
        ? `${Math.floor(size / MINUTE)} min`
        : size < DAY
          ? `${Math.floor(size / HOUR)} h`
          : `${Math.floor(size / DAY)} d`
  return gone >= 0 ? `${text} ago` : `in ${text}`
}

/** MiB as a person writes it: `512 MiB`, `16 GiB`, `1.5 GiB`, `2 TiB`. */
export function formatMib(mib: number): string {
  if (mib < 1024) return `${round(mib)} MiB`
  const gib = mib / 1024
  return gib < 1024 ? `${round(gib)} GiB` : `${round(gib / 1024)} TiB`
}

/** GiB as a person writes it. */
export const formatGib = (gib: number): string => formatMib(gib * 1024)

const round = (value: number): string => String(Math.round(value * 10) / 10)

/** `1 step`, `3 steps`. `plural` where an s is not enough. */
export const count = (n: number, one: string, plural = `${one}s`): string =>
  `${n} ${n === 1 ? one : plural}`

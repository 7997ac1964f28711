import type { JobEvent } from '@/lib/jobs/journal'
import { appendLines } from './log-buffer'
import type { LogLine } from './log-line'

/** What a browser holds of one job: all lines and events up to a number, without gap or repeat. */
export type JobStreamState = {
  lines: readonly LogLine[]
  events: readonly JobEvent[]
  /** Number of the newest line known to exist; more than `lines` while it catches up. */
  lastLine: number
  /** True when nothing that was stored before the join is missing. */
  caughtUp: boolean
}

export const emptyJobStream: JobStreamState = {
  lines: [],
  events: [],
  lastLine: 0,
  caughtUp: false,
}

/** What `join-job` answers: stored lines and events after the numbers that were asked for. */
export type Missed = { lines: LogLine[]; events: JobEvent[]; lastLine: number }

/** The stored part. Not caught up while the answer was cut at its limit: ask again from the end. */
export function withMissed(held: JobStreamState, missed: Missed): JobStreamState {
  const lines = appendLines(held.lines, missed.lines)
  const lastLine = Math.max(held.lastLine, missed.lastLine)
  return {
    lines,
    events: appendEvents(held.events, missed.events),
    lastLine,
    caughtUp: (lines.at(-1)?.n ?? 0) >= missed.lastLine,
  }
}

/**
 * A live batch. Returns null when it would leave a gap (it was sent while an earlier part is still
 * on its way): the caller keeps what it holds and joins again from there.
 */
export function withLines(held: JobStreamState, batch: readonly LogLine[]): JobStreamState | null {
  const last = held.lines.at(-1)?.n ?? 0
  const fresh = batch.find((line) => line.n > last)
  if (!fresh) return held
  if (fresh.n !== last + 1) return null
  const lines = appendLines(held.lines, batch)
  return { ...held, lines, lastLine: Math.max(held.lastLine, lines.at(-1)?.n ?? 0) }
}

/** As {@link withLines}, for events. */
export function withEvents(
  held: JobStreamState,
  batch: readonly JobEvent[],
): JobStreamState | null {
  const last = held.events.at(-1)?.seq ?? 0
  const fresh = batch.find((event) => event.seq > last)
  if (!fresh) return held
  if (fresh.seq !== last + 1) return null
  return { ...held, events: appendEvents(held.events, batch) }
}

function appendEvents(held: readonly JobEvent[], batch: readonly JobEvent[]): readonly JobEvent[] {
  const last = held.at(-1)?.seq ?? 0
  const fresh = batch.filter((event) => event.seq > last)
  return fresh.length === 0 ? held : [...held, ...fresh]
}

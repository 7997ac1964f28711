import type { ChangeSet } from '@/lib/topology/change'
import { isOnlyFilledIn } from '@/lib/topology/filled-in'
import { type Touched, touchedBy } from '@/lib/topology/touched'

/** A revision that came in by itself while the page was open, and what it changed. */
export type News = {
  /** Who saved it; null where the server merged it in before this page heard of it. */
  by: string | null
  /** Its number, and how many came in at once (after a pause several may). */
  revision: number
  revisions: number
  touched: readonly Touched[]
  /** When it came in, UTC milliseconds. */
  at: number
}

/** Items that others changed are marked for so long. */
export const MARKED_MS = 90_000
/** News that are older than the marks are of no use. */
const KEPT = 20

/** News with the newest at the end. */
export function withNews(all: readonly News[], fresh: News): readonly News[] {
  return fresh.touched.length === 0 ? all : [...all.slice(1 - KEPT), fresh]
}

/** What others did, without what the server filled in for this page's own objects. */
export function touchedByOthers(changes: ChangeSet): Touched[] {
  return touchedBy(
    changes.filter(({ path, from, to }) => {
      const key = path.at(-1) ?? ''
      return from !== undefined || to === undefined || !isOnlyFilledIn({}, { [key]: to })
    }),
  )
}

/** Who changed an item last, as it is said beside it. */
export type FreshMark = { by: string | null; verb: Touched['verb'] }

/** Marks by object path joined by `/`, of what came in at most {@link MARKED_MS} before `now`. */
export function freshMarks(news: readonly News[], now: number): ReadonlyMap<string, FreshMark> {
  const marks = new Map<string, FreshMark>()
  for (const { by, at, touched } of news) {
    if (now - at >= MARKED_MS) continue
    for (const { path, verb } of touched) {
      marks.set(path.join('/'), { by, verb })
      if (path.length > 2) marks.set(path.slice(0, 2).join('/'), { by, verb: 'changed' })
    }
  }
  return marks
}

/** "anna", or several of whom only the last is known. */
export function whoOf({ by, revisions }: Pick<News, 'by' | 'revisions'>): string {
  if (by === null) return 'Somebody'
  return revisions > 1 ? `${by} and who saved before` : by
}

import type { LogLine } from './log-line'

/**
 * Adds a batch that may overlap what is held, as happens when a socket reconnects and replays.
 * Returns `held` itself when the batch brings nothing new, so React can skip the render.
 *
 * Throws nothing; a gap is left as a gap, and {@link nextSeq} tells the server where to resume.
 */
export function appendLines(
  held: readonly LogLine[],
  batch: readonly LogLine[],
): readonly LogLine[] {
  const last = held.at(-1)?.n ?? 0
  const fresh = batch.filter((line) => line.n > last)
  return fresh.length === 0 ? held : [...held, ...fresh]
}

/** The number to ask for next. */
export const nextSeq = (held: readonly LogLine[]): number => (held.at(-1)?.n ?? 0) + 1

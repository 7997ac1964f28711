import type { LogLine } from '@/lib/live/log-line'
import { stripAnsi } from './ansi'

/** What of a log is shown. Levels: this one and the graver ones. */
export type LogFilter = { stepId: string | null; level: LogLine['level']; find: string }

export const LEVELS = ['debug', 'info', 'warn', 'error'] as const

export const isLevel = (text: string | null): text is LogLine['level'] =>
  LEVELS.some((level) => level === text)

/** The lines that a filter lets through; the same array where it lets all. */
export function shownLines(lines: readonly LogLine[], filter: LogFilter): readonly LogLine[] {
  const find = filter.find.trim().toLowerCase()
  const least = LEVELS.indexOf(filter.level)
  if (filter.stepId === null && least === 0 && find === '') return lines
  return lines.filter(
    (line) =>
      (filter.stepId === null || line.stepId === filter.stepId) &&
      LEVELS.indexOf(line.level) >= least &&
      (find === '' || stripAnsi(line.text).toLowerCase().includes(find)),
  )
}

/** `#L123` to 123; null for anything else. */
export function lineOfHash(hash: string): number | null {
  const match = /^#L(\d{1,9})$/.exec(hash)
  return match ? Number(match[1]) : null
}

/** Where line `n` stands among the shown, or the first one after it; the length if all are before. */
export function indexOfLine(lines: readonly LogLine[], n: number): number {
  let low = 0
  let high = lines.length
  while (low < high) {
    const half = (low + high) >> 1
    if ((lines[half]?.n ?? 0) < n) low = half + 1
    else high = half
  }
  return low
}

/** Lines as they are copied: instant in UTC, step, text without colours. */
export const copyText = (lines: readonly LogLine[]): string =>
  lines
    .map((line) =>
      [new Date(line.at).toISOString(), line.stepId ?? '-', stripAnsi(line.text)].join(' '),
    )
    .join('\n')

/** What a line is about, from its step: `k8s-worker-2` of `vm.clone:k8s-worker-2`, `metallb` of `addon.install:dark-knight/metallb`. */
export function subjectOf(stepId: string | null): string {
  const [first = '', second] = (stepId?.slice(stepId.indexOf(':') + 1) ?? '').split('/')
  return second ?? first
}

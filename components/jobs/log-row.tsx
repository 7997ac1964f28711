import { memo } from 'react'
import { cn } from '@/components/ui/cn'
import type { LogLine } from '@/lib/live/log-line'
import { parseAnsi } from './ansi'
import { subjectOf } from './log-view'

const TONE: Record<LogLine['level'], string> = {
  debug: 'text-ink-3',
  info: 'text-ink-1',
  warn: 'text-warn',
  error: 'text-fail',
}
const SIGN: Record<LogLine['level'], string> = { debug: ' ', info: ' ', warn: '!', error: '×' }

const clock = (at: number): string => new Date(at).toLocaleTimeString(undefined, { hour12: false })

/** One line: its number is its permalink, then when, what it is about, and what was printed. */
export const LogRow = memo(function LogRow({
  line,
  wrap,
  marked,
  find,
}: {
  line: LogLine
  wrap: boolean
  marked: boolean
  find: string
}) {
  return (
    <div
      id={`L${line.n}`}
      className={cn('flex min-h-6 leading-6 hover:bg-surface-2', marked && 'bg-work/12')}
    >
      <a
        href={`#L${line.n}`}
        className="w-14 shrink-0 select-none pr-2 text-right text-ink-3 hover:text-work hover:underline"
      >
        {line.n}
      </a>
      <time
        dateTime={new Date(line.at).toISOString()}
        title={new Date(line.at).toLocaleString()}
        className="w-16 shrink-0 select-none text-ink-3 max-sm:hidden"
      >
        {clock(line.at)}
      </time>
      <span
        title={line.stepId ?? undefined}
        className="w-32 shrink-0 select-none truncate pr-2 text-ink-3 max-lg:hidden"
      >
        {subjectOf(line.stepId)}
      </span>
      <span aria-hidden className={cn('w-4 shrink-0 select-none text-center', TONE[line.level])}>
        {SIGN[line.level]}
      </span>
      <span
        className={cn(
          'pr-4',
          TONE[line.level],
          wrap ? 'min-w-0 flex-1 whitespace-pre-wrap break-all' : 'whitespace-pre',
        )}
      >
        {parseAnsi(line.text).map((span, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the spans of one line never move
          <span key={index} className={span.className || undefined}>
            {marks(span.text, find)}
          </span>
        ))}
      </span>
    </div>
  )
})

/** The text with what was searched for marked; matches over a change of colour stay unmarked. */
function marks(text: string, find: string) {
  const wanted = find.trim().toLowerCase()
  if (wanted === '') return text
  const lower = text.toLowerCase()
  const parts = []
  let from = 0
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    parts.push(text.slice(from, at))
    parts.push(
      <mark key={at} className="rounded-sm bg-warn/30 text-inherit">
        {text.slice(at, at + wanted.length)}
      </mark>,
    )
    from = at + wanted.length
  }
  parts.push(text.slice(from))
  return parts
}

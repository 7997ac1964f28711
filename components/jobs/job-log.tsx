'use client'

import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, Copy, WrapText } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Button, IconButton } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'
import { toClipboard } from '@/components/ui/copy'
import { Input, Select } from '@/components/ui/field'
import { count } from '@/components/ui/format'
import { confirmDone } from '@/components/ui/toast'
import type { LogLine } from '@/lib/live/log-line'
import { LogRow } from './log-row'
import { copyText, indexOfLine, isLevel, type LogFilter, lineOfHash, shownLines } from './log-view'
import { useFollow } from './use-follow'

/** High enough for a finger's target on the line's number. */
const ROW = 24

/**
 * A job's lines, newest last; 100,000 of them cost no more than the ones in view. Follows its end
 * until a person scrolls up, then counts what is new.
 */
export function JobLog({
  lines,
  filter,
  onFilter,
  complete,
  className,
}: {
  lines: readonly LogLine[]
  filter: LogFilter
  onFilter: (filter: LogFilter) => void
  /** False while stored lines are still on their way. */
  complete: boolean
  className?: string
}) {
  const shown = useMemo(() => shownLines(lines, filter), [lines, filter])
  const scroller = useRef<HTMLDivElement>(null)
  const [wrap, setWrap] = useState(false)
  const [target, setTarget] = useState<number | null>(null)
  const [following, setFollowing] = useFollow(scroller, true)
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 20,
  })
  const seen = useRef(0)
  if (following) seen.current = shown.length
  const fresh = Math.max(0, shown.length - seen.current)

  useTargetLine(setTarget, () => setFollowing(false))
  // biome-ignore lint/correctness/useExhaustiveDependencies: jumps when the target or the lines change, not when the list is measured
  useEffect(() => {
    if (target !== null && shown.length > 0 && (lines.at(-1)?.n ?? 0) >= target)
      rows.scrollToIndex(Math.min(indexOfLine(shown, target), shown.length - 1), {
        align: 'center',
      })
    else if (following && shown.length > 0) rows.scrollToIndex(shown.length - 1, { align: 'end' })
  }, [target, following, shown])

  const toEnd = () => {
    setTarget(null)
    setFollowing(true)
  }
  return (
    <section aria-label="Log" className={cn('flex min-h-0 flex-col', className)}>
      <LogBar
        filter={filter}
        onFilter={onFilter}
        wrap={wrap}
        onWrap={() => setWrap(!wrap)}
        shown={shown}
        total={lines.length}
        complete={complete}
      />
      <div className="relative min-h-0 flex-1">
        <div
          ref={scroller}
          role="log"
          aria-label="Lines"
          aria-live="off"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable
          tabIndex={0}
          className="absolute inset-0 overflow-auto overscroll-contain rounded-b-md border border-line border-t-0 bg-surface-1 font-mono text-caption"
        >
          <div
            style={{ height: rows.getTotalSize() }}
            className={cn('relative', wrap ? 'w-full' : 'w-max min-w-full')}
          >
            {rows.getVirtualItems().map((item) => {
              const line = shown[item.index]
              return line ? (
                <div
                  key={line.n}
                  ref={wrap ? rows.measureElement : undefined}
                  data-index={item.index}
                  style={{ transform: `translateY(${item.start}px)` }}
                  className={cn('top-0 left-0', wrap ? 'absolute w-full' : 'absolute min-w-full')}
                >
                  <LogRow line={line} wrap={wrap} marked={line.n === target} find={filter.find} />
                </div>
              ) : null
            })}
          </div>
          {shown.length === 0 ? <NoLines total={lines.length} complete={complete} /> : null}
        </div>
        {following && target === null ? null : (
          <Button
            size="sm"
            className="absolute right-4 bottom-3 shadow-float"
            icon={<ArrowDown size={14} aria-hidden />}
            onClick={toEnd}
          >
            {fresh > 0 ? count(fresh, 'new line') : 'Follow the end'}
          </Button>
        )}
      </div>
    </section>
  )
}

const NoLines = ({ total, complete }: { total: number; complete: boolean }) => (
  <p className="p-3 font-sans text-body text-ink-3">
    {total > 0
      ? 'No line fits the filter.'
      : complete
        ? 'No lines yet. They appear here as they are stored.'
        : 'Reading the stored lines.'}
  </p>
)

/** `#L123` in the address chooses a line, now and whenever it changes. */
function useTargetLine(setTarget: (n: number | null) => void, onTarget: () => void): void {
  const latest = useRef({ setTarget, onTarget })
  useEffect(() => {
    const read = () => {
      const n = lineOfHash(location.hash)
      latest.current.setTarget(n)
      if (n !== null) latest.current.onTarget()
    }
    read()
    addEventListener('hashchange', read)
    return () => removeEventListener('hashchange', read)
  }, [])
}

function LogBar({
  filter,
  onFilter,
  wrap,
  onWrap,
  shown,
  total,
  complete,
}: {
  filter: LogFilter
  onFilter: (filter: LogFilter) => void
  wrap: boolean
  onWrap: () => void
  shown: readonly LogLine[]
  total: number
  complete: boolean
}) {
  const copy = async () => {
    if (await toClipboard(copyText(shown))) confirmDone(`Copied ${count(shown.length, 'line')}.`)
  }
  return (
    <div className="flex flex-wrap items-center gap-2 rounded-t-md border border-line bg-surface-1 p-1.5">
      <Input
        aria-label="Find in the log"
        placeholder="Find in the log"
        className="w-44 flex-1 sm:max-w-60"
        type="search"
        value={filter.find}
        onChange={(event) => onFilter({ ...filter, find: event.target.value })}
      />
      <Select
        aria-label="Level"
        className="w-auto"
        value={filter.level}
        onChange={({ target }) =>
          onFilter({ ...filter, level: isLevel(target.value) ? target.value : 'debug' })
        }
        options={[
          { value: 'debug', label: 'All lines' },
          { value: 'info', label: 'Info and graver' },
          { value: 'warn', label: 'Warnings and errors' },
          { value: 'error', label: 'Errors only' },
        ]}
      />
      {filter.stepId === null ? null : (
        <Button size="sm" onClick={() => onFilter({ ...filter, stepId: null })}>
          One step only - show all
        </Button>
      )}
      <span className="ml-auto whitespace-nowrap text-caption text-ink-3 tabular-nums">
        {shown.length === total ? count(total, 'line') : `${shown.length} of ${total} lines`}
        {complete ? '' : ', reading'}
      </span>
      <IconButton
        label={wrap ? 'Do not wrap lines' : 'Wrap lines'}
        aria-pressed={wrap}
        icon={<WrapText size={16} aria-hidden />}
        onClick={onWrap}
      />
      <IconButton
        label="Copy the lines shown"
        icon={<Copy size={16} aria-hidden />}
        onClick={() => void copy()}
      />
    </div>
  )
}

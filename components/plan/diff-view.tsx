import { Fragment } from 'react'
import { cn } from '@/components/ui/cn'
import { count } from '@/components/ui/format'
import { type DiffLine, diffLines, hunks } from './text-diff'

const LOOK = {
  same: { sign: ' ', tint: '', word: '' },
  gone: { sign: '−', tint: 'bg-fail/12', word: 'removed ' },
  new: { sign: '+', tint: 'bg-ok/12', word: 'added ' },
} as const

/** Two texts line by line; only the differences with a little around them. */
export function DiffView({ before, after }: { before: string; after: string }) {
  const parts = hunks(diffLines(before, after))
  if (parts.every((part) => typeof part === 'number'))
    return <p className="text-ink-2">The two texts are the same.</p>
  let offset = 0
  return (
    <section
      aria-label="Text difference"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable
      tabIndex={0}
      className="overflow-x-auto rounded-md border border-line bg-surface-1 font-mono text-caption"
    >
      {parts.map((part) => {
        const key = offset
        offset += typeof part === 'number' ? part : part.length
        return (
          <Fragment key={key}>
            {typeof part === 'number' ? (
              <p className="bg-surface-2 px-3 py-0.5 text-ink-3">{count(part, 'same line')}</p>
            ) : (
              part.map((line) => <Line key={`${line.kind}${place(line)}`} line={line} />)
            )}
          </Fragment>
        )
      })}
    </section>
  )
}

/** The newer text's number, so that the column counts up; only what is gone has the older one's. */
const place = (line: DiffLine): number => (line.kind === 'gone' ? line.before : line.after)

function Line({ line }: { line: DiffLine }) {
  const { sign, tint, word } = LOOK[line.kind]
  return (
    <div className={cn('flex min-w-max', tint)}>
      <span
        className={cn(
          'w-10 shrink-0 select-none pr-2 text-right',
          // Captions are too pale on a tint.
          tint ? 'text-ink-2' : 'text-ink-3',
        )}
      >
        {place(line)}
      </span>
      <span aria-hidden className="w-4 shrink-0 select-none text-center">
        {sign}
      </span>
      <span className="whitespace-pre pr-3">
        {word ? <span className="sr-only">{word}</span> : null}
        {line.text || ' '}
      </span>
    </div>
  )
}

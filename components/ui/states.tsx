import type { ReactNode } from 'react'
import { cn } from './cn'
import { StateMark } from './state-mark'

/** A grey bar of the final size; invisible for the first 300 ms. */
export const Skeleton = ({ className }: { className?: string }) => (
  <div aria-hidden className={cn('after-300ms h-4 rounded-sm bg-surface-2', className)} />
)

/** Rows of a table or list that is on its way. */
export const SkeletonRows = ({ rows = 6 }: { rows?: number }) => (
  <div role="status" aria-label="Loading" className="flex flex-col gap-px">
    {Array.from({ length: rows }, (_, row) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: identical rows
      <Skeleton key={row} className="h-row" />
    ))}
  </div>
)

/** Says what will be here and offers the one action that brings it. */
export const EmptyState = ({
  title,
  children,
  action,
}: {
  title: string
  children?: ReactNode
  action?: ReactNode
}) => (
  <div className="flex flex-col items-start gap-2 rounded-md border border-line border-dashed px-4 py-6">
    <p className="font-medium text-prose">{title}</p>
    {children ? <div className="max-w-[72ch] text-ink-2 text-prose">{children}</div> : null}
    {action ? <div className="mt-1">{action}</div> : null}
  </div>
)

/**
 * What - why - what to do, with the code, where it happened. The machine's own words, if any, are
 * quoted below. Stays until it is resolved.
 */
export const ErrorState = ({
  message,
  code,
  quote,
  action,
  level = 'fail',
  className,
}: {
  message: ReactNode
  code?: string | null
  quote?: string | null
  action?: ReactNode
  level?: 'fail' | 'warn' | 'unknown'
  className?: string
}) => (
  <div
    role="alert"
    className={cn(
      'flex items-start gap-3 rounded-md border px-3 py-2',
      level === 'fail' && 'border-fail bg-fail/12',
      level === 'warn' && 'border-warn bg-warn/12',
      level === 'unknown' && 'hatched border-unknown',
      className,
    )}
  >
    <StateMark state={level} className="mt-1" />
    <div className="min-w-0 flex-1">
      <p className="max-w-[72ch] text-prose">
        {message} {code ? <code className="font-mono text-caption text-ink-2">{code}</code> : null}
      </p>
      {quote ? (
        <pre className="mt-2 overflow-x-auto whitespace-pre-wrap rounded-sm bg-surface-0 p-2 font-mono text-caption text-ink-2">
          {quote}
        </pre>
      ) : null}
      {action ? <div className="mt-2 flex flex-wrap gap-2">{action}</div> : null}
    </div>
  </div>
)

/** A word with a shape in front: the state of a row. */
export const StateWord = ({
  state,
  children,
  still,
}: {
  state: Parameters<typeof StateMark>[0]['state']
  children: ReactNode
  still?: boolean
}) => (
  <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
    <StateMark state={state} size={12} still={still} />
    {children}
  </span>
)

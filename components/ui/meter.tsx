import { cn } from './cn'

/** How full something is, 0 to 1, as a bar with its words beside it. Null is unknown, never zero. */
export function Meter({
  label,
  value,
  text,
  className,
}: {
  label: string
  value: number | null
  text: string
  className?: string
}) {
  const part = value === null ? null : Math.min(1, Math.max(0, value))
  return (
    <span className={cn('inline-flex min-w-0 items-center gap-2', className)}>
      <span
        aria-hidden
        className={cn(
          'relative h-1.5 w-16 shrink-0 overflow-hidden rounded-full',
          part === null ? 'hatched' : 'bg-surface-2',
        )}
      >
        {part === null ? null : (
          <span
            className={cn(
              'absolute inset-0 origin-left rounded-full transition-transform duration-120',
              part >= 0.95 ? 'bg-fail' : part >= 0.85 ? 'bg-warn' : 'bg-ink-3',
            )}
            style={{ transform: `scaleX(${part})` }}
          />
        )}
      </span>
      <span className="whitespace-nowrap text-caption text-ink-2 tabular-nums">
        <span className="sr-only">{label} </span>
        {text}
      </span>
    </span>
  )
}

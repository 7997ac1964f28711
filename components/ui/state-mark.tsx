import { useId } from 'react'
import { cn } from './cn'

/** What a thing is, as shape and colour. `hold` is paused or waiting on purpose. */
export type State = 'ok' | 'work' | 'warn' | 'fail' | 'unknown' | 'hold'

export const STATE_COLOUR: Record<State, string> = {
  ok: 'text-ok',
  work: 'text-work',
  warn: 'text-warn',
  fail: 'text-fail',
  unknown: 'text-unknown',
  hold: 'text-unknown',
}

/**
 * The shape carries the state, the colour repeats it: filled disc, ring with moving arc, triangle,
 * square with cross, hatched disc, two bars. Decoration unless `label` is given.
 */
export function StateMark({
  state,
  label,
  size = 14,
  still = false,
  className,
}: {
  state: State
  label?: string
  size?: number
  /** One looping animation per view: all but the first are still. */
  still?: boolean
  className?: string
}) {
  const hatch = useId()
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 14 14"
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
      className={cn('inline-block shrink-0', STATE_COLOUR[state], className)}
      data-state={state}
    >
      {SHAPES[state](hatch, still)}
    </svg>
  )
}

const SHAPES: Record<State, (hatch: string, still: boolean) => React.ReactNode> = {
  ok: () => <circle cx="7" cy="7" r="5" fill="currentColor" />,
  work: (_, still) => (
    <>
      <circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" strokeWidth="2" opacity="0.3" />
      <path
        d="M7 2a5 5 0 0 1 5 5"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
        className={still ? undefined : 'state-arc'}
      />
      <g className="state-dots" fill="currentColor">
        <circle cx="4.4" cy="7" r="1" />
        <circle cx="7" cy="7" r="1" />
        <circle cx="9.6" cy="7" r="1" />
      </g>
    </>
  ),
  warn: () => (
    <path
      d="M7 2.2 12.6 12H1.4Z"
      fill="currentColor"
      stroke="currentColor"
      strokeWidth="1"
      strokeLinejoin="round"
    />
  ),
  fail: () => (
    <>
      <rect x="1.5" y="1.5" width="11" height="11" rx="1.5" fill="currentColor" />
      <path
        d="m4.5 4.5 5 5m0-5-5 5"
        stroke="var(--surface-1)"
        strokeWidth="1.8"
        strokeLinecap="round"
      />
    </>
  ),
  unknown: (hatch) => (
    <>
      <defs>
        <pattern
          id={hatch}
          width="3"
          height="3"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="1.2" height="3" fill="currentColor" />
        </pattern>
      </defs>
      <circle cx="7" cy="7" r="5" fill={`url(#${hatch})`} stroke="currentColor" strokeWidth="1.2" />
    </>
  ),
  hold: () => (
    <>
      <rect x="3" y="2.5" width="3" height="9" rx="1" fill="currentColor" />
      <rect x="8" y="2.5" width="3" height="9" rx="1" fill="currentColor" />
    </>
  ),
}

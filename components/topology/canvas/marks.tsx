import { Pencil } from 'lucide-react'
import { cn } from '@/components/ui/cn'
import { StateMark } from '@/components/ui/state-mark'
import { GroupMark } from '@/components/what-if/group-words'
import type { FreshMark } from '../editor/news'
import type { ItemData, ItemState } from '../item-data'

const SHAPE: Record<Exclude<ItemState, 'none'>, 'ok' | 'hold' | 'fail' | 'unknown' | null> = {
  ok: 'ok',
  hold: 'hold',
  fail: 'fail',
  unknown: 'unknown',
  ghost: null,
}

/**
 * What was seen of the item. A ghost has its dashed outline instead of a shape. In a What-if what
 * becomes of it stands there instead.
 */
export function SeenMark({ state, fate }: { state: ItemState; fate?: ItemData['fate'] }) {
  if (fate !== undefined) return fate === 'survives' ? null : <GroupMark group={fate} />
  const shape = state === 'none' ? null : SHAPE[state]
  return shape === null ? null : <StateMark state={shape} size={12} />
}

/** How many blockers and warnings are pinned to the item. */
export function ProblemPin({
  problems,
  worst,
  className,
}: {
  problems: number
  worst: ItemData['worst']
  className?: string
}) {
  if (worst === null) return null
  return (
    <span
      className={cn(
        'inline-flex h-5 items-center gap-1 rounded-full border bg-surface-1 px-1.5 text-caption tabular-nums',
        worst === 'blocker' ? 'border-fail text-fail' : 'border-warn text-warn',
        className,
      )}
    >
      <StateMark state={worst === 'blocker' ? 'fail' : 'warn'} size={10} />
      {problems}
    </span>
  )
}

/** "changed by anna", as it is said beside an item. */
export const freshWords = ({ by, verb }: FreshMark): string => `${verb} by ${by ?? 'somebody else'}`

/** Who else changed the item just now. */
export function FreshPin({ fresh, className }: { fresh: string | undefined; className?: string }) {
  if (fresh === undefined) return null
  return (
    <span
      title={fresh}
      className={cn(
        'inline-flex h-5 max-w-40 items-center gap-1 rounded-full border border-work bg-surface-1 px-1.5 text-caption text-work',
        className,
      )}
    >
      <Pencil size={10} aria-hidden className="shrink-0" />
      <span className="truncate">{fresh}</span>
    </span>
  )
}

/** Everything that an item says, as one name for assistive technology. */
export function spokenName({
  title,
  code,
  detail,
  stateWords,
  problems,
  worst,
  fate,
  fresh,
}: ItemData): string {
  const found = problems === 1 ? `1 ${worst}` : `${problems} problems`
  const then = fate === undefined ? '' : `would ${FATES[fate]}`
  return [title, code, detail, stateWords, worst === null ? '' : found, then, fresh ?? '']
    .filter((part) => part !== '')
    .join(', ')
}

const FATES: Record<NonNullable<ItemData['fate']>, string> = {
  stops: 'stop',
  restarts: 'restart on another host',
  degrades: 'degrade',
  survives: 'go on',
}

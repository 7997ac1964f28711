import Link from 'next/link'
import { buttonClass } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'
import { StateMark } from '@/components/ui/state-mark'
import { Time } from '@/components/ui/time'
import type { StatusAnswer } from '@/lib/api/contract'

type Cause = StatusAnswer['causes'][number]

const TINT: Record<Cause['level'], string> = {
  fail: 'border-fail bg-fail/12',
  warn: 'border-warn bg-warn/12',
  unknown: 'hatched border-unknown',
}

/** What is wrong, each cause once with what it takes along, and the one thing to do. */
export function Causes({ causes }: { causes: readonly Cause[] }) {
  if (causes.length === 0) return null
  return (
    <ul className="mb-6 flex flex-col gap-2">
      {causes.map((cause) => (
        <li
          key={cause.sentence}
          className={cn(
            'flex flex-wrap items-start gap-3 rounded-md border px-3 py-2',
            TINT[cause.level],
          )}
        >
          <StateMark state={cause.level} className="mt-1" />
          <div className="min-w-0 flex-1 basis-64">
            <p className="text-prose">{cause.sentence}</p>
            <p className="text-caption text-ink-2">
              {cause.takes.length > 0 ? `Takes along: ${cause.takes.join(', ')}. ` : ''}
              {cause.canWait}
              {cause.since === null ? '' : ' Since '}
              {cause.since === null ? null : <Time at={cause.since} />}
            </p>
          </div>
          {cause.action ? (
            <Link href={cause.action.href} className={buttonClass()}>
              {cause.action.label}
            </Link>
          ) : null}
        </li>
      ))}
    </ul>
  )
}

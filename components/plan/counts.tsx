import { cn } from '@/components/ui/cn'
import { PlanSign, signWord } from '@/components/ui/plan-sign'
import type { Plan } from '@/lib/plan/plan'
import { COUNTS } from './plan-view'

/** Creates, changes, reboots, replaces, destroys: always all five, in this order. */
export const Counts = ({ counts, large = false }: { counts: Plan['counts']; large?: boolean }) => (
  <dl className="flex flex-wrap gap-x-5 gap-y-1">
    {COUNTS.map((each) => (
      <div
        key={each}
        className={cn('flex items-baseline gap-1.5', counts[each] === 0 && 'text-ink-3')}
      >
        <dt className="flex items-baseline gap-1 text-caption">
          <span aria-hidden>
            <PlanSign sign={counts[each] === 0 ? 'none' : each} />
          </span>
          {signWord(each)}
        </dt>
        <dd className={cn('font-semibold tabular-nums', large && 'text-name')}>{counts[each]}</dd>
      </div>
    ))}
  </dl>
)

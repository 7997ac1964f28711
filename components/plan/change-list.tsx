import { PlanSign } from '@/components/ui/plan-sign'
import type { Change, Json } from '@/lib/topology/change'

/** A value short enough for a line. */
export function shortJson(value: Json | undefined): string {
  if (value === undefined) return 'none'
  if (typeof value === 'string') return value
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

/** What a save did to the document's value: path, before, after. */
export const ChangeList = ({ changes }: { changes: readonly Change[] }) =>
  changes.length === 0 ? (
    <p className="text-ink-2">No value differs; only the text around them does.</p>
  ) : (
    <ul className="divide-y divide-line rounded-md border border-line bg-surface-1">
      {changes.map((change) => (
        <li
          key={`${change.path.join('/')} ${change.from === undefined ? '+' : '-'}`}
          className="flex min-h-8 flex-wrap items-baseline gap-x-2 px-3 py-1"
        >
          <PlanSign
            sign={
              change.from === undefined ? 'create' : change.to === undefined ? 'destroy' : 'change'
            }
          />
          <span className="font-medium">{change.path.join(' . ')}</span>
          <span className="min-w-0 break-all font-mono text-caption text-ink-2">
            {change.from === undefined
              ? shortJson(change.to)
              : change.to === undefined
                ? shortJson(change.from)
                : `${shortJson(change.from)} → ${shortJson(change.to)}`}
          </span>
        </li>
      ))}
    </ul>
  )

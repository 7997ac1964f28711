import { PlanSign } from '@/components/ui/plan-sign'
import type { Change, Json } from '@/lib/topology/change'

/** A value short enough for a line, as the document would write it in one: `{cidr: 10.0.0.0/24}`. */
export function shortJson(value: Json | undefined): string {
  const text = value === undefined ? 'none' : flow(value)
  return typeof value !== 'string' && text.length > 120 ? `${text.slice(0, 117)}...` : text
}

function flow(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const fields = Object.entries(value).map(([key, field]) => `${key}: ${flow(field)}`)
  return `{${fields.join(', ')}}`
}

/** A section that came or went as a whole is told object by object. */
export function byObject(changes: readonly Change[]): Change[] {
  return changes.flatMap((change) => {
    const whole = change.from === undefined ? change.to : change.from
    const one = change.path.length === 1 && (change.from === undefined || change.to === undefined)
    if (!one || typeof whole !== 'object' || whole === null || Array.isArray(whole)) return [change]
    return Object.entries(whole).map(([id, object]) => ({
      path: [...change.path, id],
      ...(change.from === undefined ? { to: object } : { from: object }),
    }))
  })
}

/** What a save did to the document's value: path, before, after. */
export const ChangeList = ({ changes }: { changes: readonly Change[] }) =>
  changes.length === 0 ? (
    <p className="text-ink-2">No value differs; only the text around them does.</p>
  ) : (
    <ul className="divide-y divide-line rounded-md border border-line bg-surface-1">
      {byObject(changes).map((change) => (
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

import Link from 'next/link'
import { PlanSign } from '@/components/ui/plan-sign'
import { type Column, Table } from '@/components/ui/table'
import { pages } from '@/lib/api/paths'
import type { FieldChange, ObjectChange } from '@/lib/plan/plan'
import { fieldLabel, fieldText } from './field-text'
import { kindWord, signOf } from './plan-view'

const COST: Record<FieldChange['cost'], { text: string; colour: string }> = {
  'in-place': { text: 'at once', colour: 'text-ink-3' },
  reboot: { text: 'with a reboot', colour: 'text-warn' },
  replace: { text: 'a new VM', colour: 'text-replace' },
}

/** What a new object will be, or one that goes was: the other side is nothing, so nothing is compared. */
const OneSided = ({ fields }: { fields: readonly FieldChange[] }) => (
  <ul className="flex flex-wrap gap-x-4">
    {fields.map((field) => (
      <li key={field.field} className="sm:whitespace-nowrap">
        <span className="text-ink-3">{fieldLabel(field.field)}</span>{' '}
        <span className="font-mono text-caption">
          {fieldText(field.field, field.to ?? field.from)}
        </span>
      </li>
    ))}
  </ul>
)

/** `memory 8192 -> 16384`, each with what it costs. */
function Fields({ fields }: { fields: readonly FieldChange[] }) {
  if (fields.length === 0) return null
  const oneSided = (['from', 'to'] as const).some((side) => fields.every((f) => f[side] === null))
  if (oneSided) return <OneSided fields={fields} />
  return (
    <ul>
      {fields.map((field) => (
        <li key={field.field} className="flex flex-wrap items-baseline gap-x-2">
          <span className="text-ink-2">{fieldLabel(field.field)}</span>
          <span className="font-mono text-caption">
            <del className="text-ink-3 no-underline">{fieldText(field.field, field.from)}</del>{' '}
            <span aria-hidden>→</span>
            <span className="sr-only">becomes</span>{' '}
            <ins className="no-underline">{fieldText(field.field, field.to)}</ins>
          </span>
          <span className={`text-caption ${COST[field.cost].colour}`}>{COST[field.cost].text}</span>
        </li>
      ))}
    </ul>
  )
}

/** Where an object of a plan is looked at; null where it has no page of its own. */
function objectPath(topologyId: string, object: readonly string[]): string | null {
  const [kind, id] = object
  if (kind === 'vms' && id) return pages.vm(topologyId, id)
  if (kind === 'clusters')
    return object.length > 2 ? pages.addOns(topologyId) : pages.cluster(topologyId)
  return null
}

/** One line per object: sign, name, what differs and what that costs, why. */
export function ChangeTable({
  topologyId,
  changes,
}: {
  topologyId: string
  changes: readonly ObjectChange[]
}) {
  const columns: Column<ObjectChange>[] = [
    {
      id: 'object',
      head: 'Object',
      cell: (change) => {
        const path = objectPath(topologyId, change.object)
        return (
          <span className="flex items-baseline gap-2 sm:whitespace-nowrap">
            <PlanSign sign={signOf(change.effect)} />
            {path ? (
              <Link
                href={path}
                className="inline-flex min-h-6 items-center font-medium hover:underline"
              >
                {change.name}
              </Link>
            ) : (
              <span className="font-medium">{change.name}</span>
            )}
            <span className="text-caption text-ink-3 max-sm:hidden">{kindWord(change.object)}</span>
          </span>
        )
      },
    },
    {
      id: 'fields',
      head: 'What changes',
      cell: (change) => (
        <>
          <Fields fields={change.fields} />
          <span className="text-ink-2 sm:hidden">{change.reason}</span>
        </>
      ),
    },
    {
      id: 'reason',
      head: 'Why',
      from: 'sm',
      cell: (change) => <span className="text-ink-2">{change.reason}</span>,
    },
  ]
  return (
    <Table
      caption="Changes by object"
      columns={columns}
      rows={changes}
      rowKey={(change) => change.object.join('/')}
    />
  )
}

'use client'

import { useRevision } from '@/components/query/queries'
import { cn } from '@/components/ui/cn'
import { EmptyState } from '@/components/ui/states'
import { type Column, Table } from '@/components/ui/table'
import type { TopologyHead } from '@/lib/api/contract'
import { alignSpec } from '@/lib/plan/align-spec'
import { toSpec } from '@/lib/plan/desired'
import type { ObservedVm, Seen, VmSpec } from '@/lib/plan/observed'
import { resolveVm } from '@/lib/topology/resolve'
import type { Topology } from '@/lib/topology/topology'
import { type SpecRow, specRows } from './spec-rows'

/** A VM's configuration as a document wants it, in the slots that the seen one really has. */
function wantedSpec(
  topology: Topology | undefined,
  vm: string,
  seen: VmSpec | null,
): VmSpec | null {
  const resolved = topology ? resolveVm(topology, vm) : null
  if (!resolved) return null
  const spec = toSpec(resolved)
  return seen === null ? spec : alignSpec(spec, seen)
}

/** Wanted, applied, seen: three columns, only the differences highlighted. */
export function VmWanted({
  head,
  vm,
  seen,
}: {
  head: TopologyHead
  vm: string
  seen: Seen<ObservedVm> | undefined
}) {
  const applied = useRevision(head.id, head.appliedRevision).data?.document
  const now = seen?.state === 'known' ? seen.value.spec : null
  const rows = specRows({
    wanted: wantedSpec(head.document, vm, now),
    applied: wantedSpec(applied, vm, now),
    seen: now,
  })
  const differing = rows.filter((row) => row.differs).length
  if (rows.every((row) => row.wanted === null))
    return <EmptyState title="It is not in the drawing any more" />
  return (
    <>
      <p className="mb-2 text-ink-2">
        {differing === 0
          ? 'All sides that are known agree.'
          : `${differing} of ${rows.length} fields differ.`}
      </p>
      <Table
        caption="Wanted, applied and seen"
        columns={columns(head)}
        rows={rows}
        rowKey={(row) => row.field}
      />
    </>
  )
}

const columns = (head: TopologyHead): Column<SpecRow>[] => {
  const side = (pick: (row: SpecRow) => string | null) =>
    function Side(row: SpecRow) {
      const text = pick(row)
      return (
        <span
          className={cn(
            'font-mono text-caption',
            text === null && 'text-ink-3',
            row.differs && 'rounded-sm bg-warn/12 px-1 text-ink-1',
          )}
        >
          {text ?? '-'}
        </span>
      )
    }
  return [
    { id: 'field', head: 'Field', cell: (row) => row.field },
    { id: 'wanted', head: `Wanted, r${head.revision.number}`, cell: side((row) => row.wanted) },
    {
      id: 'applied',
      head: head.appliedRevision === null ? 'Applied, never' : `Applied, r${head.appliedRevision}`,
      cell: side((row) => row.applied),
    },
    { id: 'seen', head: 'Seen', cell: side((row) => row.seen) },
  ]
}

'use client'

import Link from 'next/link'
import { StaleBadge } from '@/components/ui/stale-badge'
import { type State, StateMark } from '@/components/ui/state-mark'
import { type Column, Table } from '@/components/ui/table'
import type { StatusAnswer, TopologySummary } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'

type Row = TopologySummary & {
  /** Undefined while the answer is on its way. */
  seen: StatusAnswer['topologies'][number] | null | undefined
}

/** `7 of 8`, with the shape that says whether that is well. Unknown ones are named, never counted in. */
function Part({ well, total, unknown }: { well: number; total: number; unknown: number }) {
  if (total === 0) return <span className="text-ink-3">none</span>
  const state: State =
    unknown > 0 ? 'unknown' : well === total ? 'ok' : well === 0 ? 'hold' : 'warn'
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <StateMark state={state} size={11} />
      {well} of {total}
      {unknown > 0 ? <span className="text-ink-3">, {unknown} unknown</span> : null}
    </span>
  )
}

const COLUMNS: Column<Row>[] = [
  {
    id: 'name',
    head: 'Topology',
    cell: (row) => (
      <Link href={pages.design(row.id)} className="font-medium text-work hover:underline">
        {row.name}
      </Link>
    ),
  },
  {
    id: 'revision',
    head: 'Saved',
    cell: (row) => (
      <Link
        href={pages.history(row.id)}
        className="inline-flex min-h-6 items-center font-mono hover:underline"
      >
        r{row.revision}
      </Link>
    ),
  },
  {
    id: 'applied',
    head: 'Deployed',
    cell: (row) =>
      row.appliedRevision === null ? (
        <span className="text-ink-3">never</span>
      ) : (
        <span className="font-mono">r{row.appliedRevision}</span>
      ),
  },
  {
    id: 'vms',
    head: 'VMs running',
    cell: ({ seen }) => (seen ? <Part {...seen.vms} well={seen.vms.running} /> : null),
  },
  {
    id: 'nodes',
    head: 'Nodes ready',
    from: 'sm',
    cell: ({ seen }) => (seen ? <Part {...seen.nodes} well={seen.nodes.ready} /> : null),
  },
  {
    id: 'add-ons',
    head: 'Add-ons well',
    from: 'sm',
    cell: ({ seen }) => (seen ? <Part {...seen.addOns} well={seen.addOns.well} /> : null),
  },
  {
    id: 'seen',
    head: 'Looked at',
    from: 'md',
    cell: ({ seen }) => (seen === undefined ? null : <StaleBadge at={seen?.observedAt ?? null} />),
  },
]

export function TopologyTable({
  topologies,
  status,
}: {
  topologies: readonly TopologySummary[]
  status: StatusAnswer | undefined
}) {
  const rows = topologies.map((topology) => ({
    ...topology,
    seen: status ? (status.topologies.find((each) => each.id === topology.id) ?? null) : undefined,
  }))
  return <Table caption="Topologies" columns={COLUMNS} rows={rows} rowKey={(row) => row.id} />
}

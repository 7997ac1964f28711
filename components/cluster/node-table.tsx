'use client'

import Link from 'next/link'
import { Button, buttonClass } from '@/components/ui/button'
import { StateWord } from '@/components/ui/states'
import { type Column, Table } from '@/components/ui/table'
import type { TopologyHead } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import { whyNotRebuild } from '@/lib/plan/why-not'
import type { NodeRow } from './cluster-view'

/** A worker is made anew through its plan; for others the reason why not. */
function Rebuild({ head, row }: { head: TopologyHead; row: NodeRow }) {
  if (row.vm === null) return null
  const reason = whyNotRebuild(head.document, row.vm)
  const label = `Rebuild ${row.name}`
  if (reason !== null) {
    return (
      <Button size="sm" aria-label={label} disabledReason={reason}>
        Rebuild
      </Button>
    )
  }
  const goal = { kind: 'rebuild', vm: row.vm }
  return (
    <Link
      href={pages.plan(head.id, goal)}
      aria-label={label}
      className={buttonClass({ size: 'sm' })}
    >
      Rebuild
    </Link>
  )
}

const columns = (head: TopologyHead): Column<NodeRow>[] => [
  {
    id: 'name',
    head: 'Node',
    cell: (row) => (
      <span className="whitespace-nowrap">
        {row.vm === null ? (
          <>
            {row.name} <span className="ml-1 text-caption text-ink-3">not in the drawing</span>
          </>
        ) : (
          <Link
            href={pages.vm(head.id, row.vm)}
            className="inline-flex min-h-6 items-center font-medium text-work hover:underline"
          >
            {row.name}
          </Link>
        )}
      </span>
    ),
  },
  {
    id: 'state',
    head: 'State',
    cell: ({ shown }) => (
      <>
        <StateWord state={shown.state} still>
          {shown.word}
        </StateWord>
        {shown.reason ? (
          <p className="min-w-40 max-w-[48ch] text-caption text-ink-2">{shown.reason}</p>
        ) : null}
      </>
    ),
  },
  {
    id: 'roles',
    head: 'Role',
    from: 'md',
    cell: (row) => (row.seen && row.seen.roles.length > 0 ? row.seen.roles.join(', ') : row.role),
  },
  {
    id: 'version',
    head: 'Version',
    from: 'sm',
    cell: ({ seen }) => <span className="font-mono">{seen?.version ?? ''}</span>,
  },
  {
    id: 'address',
    head: 'Address',
    from: 'sm',
    cell: ({ seen }) => <span className="font-mono">{seen?.address ?? ''}</span>,
  },
  {
    id: 'pods',
    head: 'New pods',
    from: 'md',
    cell: ({ seen }) => (seen ? (seen.schedulable ? 'taken' : 'refused') : ''),
  },
  {
    id: 'rebuild',
    head: <span className="sr-only">Actions</span>,
    className: 'text-right',
    cell: (row) => <Rebuild head={head} row={row} />,
  },
]

/** The nodes of one cluster, as drawn and as seen. */
export const NodeTable = ({ head, rows }: { head: TopologyHead; rows: readonly NodeRow[] }) => (
  <Table caption="Nodes" columns={columns(head)} rows={rows} rowKey={(row) => row.name} />
)

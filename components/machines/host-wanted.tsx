import { cn } from '@/components/ui/cn'
import { formatMib } from '@/components/ui/format'
import { type Column, Table } from '@/components/ui/table'
import type { ObservedHost, Seen } from '@/lib/plan/observed'
import type { Topology } from '@/lib/topology/topology'

type Row = { field: string; drawn: string | null; seen: string | null }

/** A host as it is drawn and as it answers. Nothing is ever applied to a host, so there are two columns. */
export function hostRows(
  topology: Topology,
  id: string,
  seen: Seen<ObservedHost> | undefined,
): Row[] {
  const host = topology.hosts?.[id]
  const now = seen?.state === 'known' ? seen.value : null
  const text = (value: number | string | undefined) => (value === undefined ? null : String(value))
  return [
    { field: 'Node', drawn: host?.node ?? id, seen: now?.node ?? null },
    { field: 'CPU threads', drawn: text(host?.cpuThreads), seen: text(now?.cpuThreads) },
    {
      field: 'Memory',
      drawn: host?.memoryMib === undefined ? null : formatMib(host.memoryMib),
      seen: now === null ? null : formatMib(now.memoryMib),
    },
    {
      field: 'Storages',
      drawn:
        Object.keys(host?.storages ?? {})
          .toSorted()
          .join(', ') || null,
      seen: now === null ? null : Object.keys(now.storages).toSorted().join(', '),
    },
    {
      field: 'Bridges',
      drawn:
        Object.keys(host?.bridges ?? {})
          .toSorted()
          .join(', ') || null,
      seen: now === null ? null : now.bridges.toSorted().join(', '),
    },
  ]
}

const COLUMNS: Column<Row>[] = [
  { id: 'field', head: 'Field', cell: (row) => row.field },
  { id: 'drawn', head: 'Drawn', cell: (row) => <Side row={row} text={row.drawn} /> },
  { id: 'seen', head: 'Seen', cell: (row) => <Side row={row} text={row.seen} /> },
]

const Side = ({ row, text }: { row: Row; text: string | null }) => (
  <span
    className={cn(
      'font-mono text-caption',
      text === null && 'text-ink-3',
      row.drawn !== null &&
        row.seen !== null &&
        row.drawn !== row.seen &&
        'rounded-sm bg-warn/12 px-1',
    )}
  >
    {text ?? 'not said'}
  </span>
)

export const HostWanted = ({
  topology,
  host,
  seen,
}: {
  topology: Topology
  host: string
  seen: Seen<ObservedHost> | undefined
}) => (
  <Table
    caption="The host as drawn and as seen"
    columns={COLUMNS}
    rows={hostRows(topology, host, seen)}
    rowKey={(row) => row.field}
  />
)

import { Table } from '@/components/ui/table'
import type { Json } from '@/lib/topology/change'

type Conflict = {
  path: readonly string[]
  mine?: Json | null | undefined
  theirs?: Json | null | undefined
}

/** Where both sides of a merge changed the same, both values side by side. */
export function ConflictTable({ conflicts }: { conflicts: readonly Conflict[] }) {
  return (
    <Table
      caption="Changed by both"
      rows={conflicts}
      rowKey={({ path }) => path.join('.')}
      columns={[
        {
          id: 'path',
          head: 'What',
          cell: ({ path }) => <span className="font-mono">{path.join('.')}</span>,
        },
        { id: 'mine', head: 'Mine', cell: ({ mine }) => shown(mine) },
        { id: 'theirs', head: 'Theirs', cell: ({ theirs }) => shown(theirs) },
      ]}
    />
  )
}

function shown(value: Json | null | undefined) {
  if (value === null || value === undefined) return <span className="text-ink-3">removed</span>
  return <span className="font-mono">{JSON.stringify(value)}</span>
}

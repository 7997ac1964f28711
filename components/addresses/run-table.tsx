'use client'

import { type Column, Table } from '@/components/ui/table'
import { type AddressMap, type AddressRun, rangeText } from '@/lib/topology/address-map'
import type { Ipv4 } from '@/lib/topology/ipv4'
import { CELL_LOOKS, runText } from './cell-words'

const columns = (onSelect: (address: Ipv4) => void): Column<AddressRun>[] => [
  {
    id: 'range',
    head: 'Addresses',
    cell: (run) => (
      <button
        type="button"
        onClick={() => onSelect(run.first)}
        className="inline-flex min-h-6 items-center whitespace-nowrap font-mono text-work hover:underline"
      >
        {rangeText(run)}
      </button>
    ),
  },
  {
    id: 'count',
    head: 'How many',
    numeric: true,
    from: 'sm',
    cell: ({ first, last }) => (last - first + 1).toLocaleString('en'),
  },
  { id: 'state', head: 'State', cell: ({ state }) => CELL_LOOKS[state].word },
  { id: 'who', head: 'Who or what for', cell: runText },
  { id: 'pool', head: 'Pool', from: 'md', cell: ({ pool }) => pool?.id ?? '' },
  {
    id: 'mac',
    head: 'MAC',
    from: 'lg',
    cell: ({ holders }) => <span className="font-mono">{holders[0]?.mac ?? ''}</span>,
  },
]

/** The map as a table: neighbours that are the same are one line, so that a /8 fits on a page. */
export const RunTable = ({
  map,
  onSelect,
}: {
  map: AddressMap
  onSelect: (address: Ipv4) => void
}) => (
  <Table
    caption={`Addresses of ${map.network}`}
    columns={columns(onSelect)}
    rows={map.runs}
    rowKey={({ first }) => String(first)}
    maxHeight="70dvh"
  />
)

'use client'

import { type Column, Table } from '@/components/ui/table'
import { Time } from '@/components/ui/time'
import type { Holder } from '@/lib/topology/ipam-holders'
import { HolderLink } from './address-panel'
import { CELL_LOOKS } from './cell-words'

const columns = (topologyId: string, onSelect: (address: string) => void): Column<Holder>[] => [
  {
    id: 'address',
    head: 'Address',
    cell: ({ address }) => (
      <button
        type="button"
        onClick={() => onSelect(address)}
        className="inline-flex min-h-6 items-center font-mono text-work hover:underline"
      >
        {address}
      </button>
    ),
  },
  { id: 'kind', head: 'Kind', cell: ({ kind }) => CELL_LOOKS[kind].word },
  {
    id: 'who',
    head: 'Who',
    cell: (holder) => <HolderLink topologyId={topologyId} holder={holder} />,
  },
  { id: 'owner', head: 'Owner', from: 'md', cell: ({ owner }) => owner ?? '' },
  { id: 'vmid', head: 'VMID', numeric: true, from: 'md', cell: ({ vmid }) => vmid ?? '' },
  {
    id: 'mac',
    head: 'MAC',
    from: 'sm',
    cell: ({ mac }) => <span className="font-mono">{mac ?? ''}</span>,
  },
  {
    id: 'until',
    head: 'Until, or seen',
    from: 'lg',
    cell: ({ until, seen, kind }) =>
      seen ? <Time at={seen.at} /> : kind === 'reservation' ? (until ?? 'for good') : '',
  },
]

/** Who has which address. */
export const HolderTable = ({
  caption,
  topologyId,
  holders,
  onSelect,
}: {
  caption: string
  topologyId: string
  holders: readonly Holder[]
  onSelect: (address: string) => void
}) => (
  <Table
    caption={caption}
    columns={columns(topologyId, onSelect)}
    rows={holders}
    rowKey={({ address, kind, label, mac }) => `${address} ${kind} ${label} ${mac}`}
    maxHeight="70dvh"
  />
)

'use client'

import Link from 'next/link'
import { Meter } from '@/components/ui/meter'
import { type Column, Table } from '@/components/ui/table'
import { pages } from '@/lib/api/paths'
import { type AddressMap, countUse } from '@/lib/topology/address-map'
import { isGiven, nextFree, poolUse } from '@/lib/topology/ipam'
import type { Ipv4 } from '@/lib/topology/ipv4'
import { formatCidr } from '@/lib/topology/ipv4'
import type { Topology } from '@/lib/topology/topology'

const n = (value: number) => value.toLocaleString('en')

const columns = (topologyId: string, topology: Topology): Column<AddressMap>[] => [
  {
    id: 'network',
    head: 'Network',
    cell: ({ network }) => (
      <Link
        href={pages.network(topologyId, network)}
        className="inline-flex min-h-6 items-center font-medium text-work hover:underline"
      >
        {topology.networks?.[network]?.name ?? network}
      </Link>
    ),
  },
  {
    id: 'cidr',
    head: 'Range',
    cell: ({ block }) => <span className="font-mono">{formatCidr(block)}</span>,
  },
  {
    id: 'vlan',
    head: 'VLAN',
    numeric: true,
    from: 'md',
    cell: ({ network }) => topology.networks?.[network]?.vlan ?? '',
  },
  { id: 'use', head: 'In use', cell: (map) => <NetworkMeter map={map} /> },
  {
    id: 'handed',
    head: 'Handed out by others',
    numeric: true,
    from: 'lg',
    cell: (map) => n(countUse(map).handed),
  },
  { id: 'free', head: 'Free', numeric: true, from: 'sm', cell: (map) => n(countUse(map).free) },
  {
    id: 'odd',
    head: 'To look at',
    cell: (map) => {
      const { strangers, conflicts } = countUse(map)
      const parts = [
        conflicts > 0 ? `${conflicts} claimed twice` : null,
        strangers > 0 ? `${strangers} unknown` : null,
      ].filter((each) => each !== null)
      return parts.length > 0 ? <span className="text-warn">{parts.join(', ')}</span> : ''
    },
  },
]

/** How much of a network somebody has, or hands out. */
export function NetworkMeter({ map }: { map: AddressMap }) {
  const { size, held, handed } = countUse(map)
  return (
    <Meter
      label={`${map.network} in use`}
      value={size === 0 ? null : (held + handed) / size}
      text={`${n(held)} of ${n(size)}`}
    />
  )
}

/** All networks with how full they are; a row opens its map. */
export const NetworkTable = ({
  topologyId,
  topology,
  maps,
  selected,
  onSelect,
}: {
  topologyId: string
  topology: Topology
  maps: readonly AddressMap[]
  selected: string | null
  onSelect: (network: string) => void
}) => (
  <Table
    caption="Networks"
    columns={[
      ...columns(topologyId, topology),
      {
        id: 'open',
        head: 'Map',
        cell: ({ network }) => (
          <button
            type="button"
            className="min-h-6 text-work hover:underline"
            aria-pressed={network === selected}
            onClick={() => onSelect(network)}
          >
            Show {network}
          </button>
        ),
      },
    ]}
    rows={maps}
    rowKey={({ network }) => network}
    selected={selected}
  />
)

type PoolRow = {
  id: string
  purpose: string
  range: string
  use: { size: number; used: number }
  next: string | null
  given: boolean
}

const poolColumns = (topologyId: string): Column<PoolRow>[] => [
  {
    id: 'pool',
    head: 'Pool',
    cell: ({ id }) => (
      <Link
        href={`${pages.design(topologyId)}?item=${encodeURIComponent(`pools/${id}`)}`}
        className="inline-flex min-h-6 items-center text-work hover:underline"
      >
        {id}
      </Link>
    ),
  },
  { id: 'purpose', head: 'Purpose', cell: ({ purpose }) => purpose },
  {
    id: 'range',
    head: 'Addresses',
    from: 'md',
    cell: ({ range }) => <span className="font-mono">{range}</span>,
  },
  {
    id: 'use',
    head: 'In use',
    cell: ({ id, use }) => (
      <Meter
        label={`${id} in use`}
        value={use.size === 0 ? null : use.used / use.size}
        text={`${n(use.used)} of ${n(use.size)}`}
      />
    ),
  },
  {
    id: 'next',
    head: 'Next free',
    cell: ({ next, given }) =>
      next === null ? (
        <span className="text-ink-3">{given ? 'full' : 'not given by the panel'}</span>
      ) : (
        <span className="font-mono">{next}</span>
      ),
  },
]

/** The pools of a network: how full, and which address the next machine gets. */
export function PoolTable({
  topologyId,
  topology,
  network,
  taken,
}: {
  topologyId: string
  topology: Topology
  network: string
  taken: ReadonlySet<Ipv4>
}) {
  const rows = Object.entries(topology.pools ?? {})
    .filter(([, pool]) => pool.network === network)
    .map(
      ([id, { purpose, from, to }]): PoolRow => ({
        ...{ id, purpose, range: `${from} – ${to}`, given: isGiven(purpose) },
        use: poolUse(topology, id, taken),
        next: nextFree(topology, id, taken),
      }),
    )
  if (rows.length === 0)
    return (
      <p className="text-ink-2">
        This network has no pool: addresses in it are written by hand in the drawing.
      </p>
    )
  return (
    <Table
      caption={`Pools of ${network}`}
      columns={poolColumns(topologyId)}
      rows={rows}
      rowKey={({ id }) => id}
    />
  )
}

import { type Column, Table } from '@/components/ui/table'
import type { Observed } from '@/lib/plan/observed'
import { DEFAULT_BRIDGE } from '@/lib/topology/defaults'
import type { Topology } from '@/lib/topology/topology'

type Row = { field: string; drawn: string; seen: string | null; odd: boolean }

/** A network as drawn, and what of it Proxmox shows: which hosts have its bridge. */
export function networkRows(topology: Topology, id: string, observed: Observed | null): Row[] {
  const network = topology.networks?.[id]
  if (!network) return []
  const bridge = network.bridge ?? DEFAULT_BRIDGE
  const drawn = (field: string, value: unknown, none = 'not said'): Row => ({
    ...{ field, seen: null, odd: false },
    drawn: value === undefined || value === '' ? none : String(value),
  })
  const hosts = Object.entries(observed?.hosts ?? {}).flatMap(([host, seen]) =>
    seen.state === 'known' ? [{ host, has: seen.value.bridges.includes(bridge) }] : [],
  )
  const without = hosts.filter(({ has }) => !has).map(({ host }) => host)
  return [
    drawn('Range', network.cidr),
    drawn('VLAN', network.vlan, 'untagged'),
    drawn('Gateway', network.gateway, 'none'),
    {
      ...{ field: 'Bridge', drawn: bridge, odd: without.length > 0 },
      seen:
        hosts.length === 0
          ? null
          : without.length > 0
            ? `missing on ${without.join(', ')}`
            : `on ${hosts.map(({ host }) => host).join(', ')}`,
    },
    drawn('MTU', network.mtu, '1500'),
    drawn('IPv6', network.ipv6?.cidr, 'none'),
    drawn('Resolvers', network.dns?.join(', '), 'none'),
    drawn('Purpose', network.purpose),
    drawn('Site', network.site),
  ]
}

const COLUMNS: Column<Row>[] = [
  { id: 'field', head: 'Field', cell: ({ field }) => field },
  { id: 'drawn', head: 'Drawn', cell: ({ drawn }) => <span className="font-mono">{drawn}</span> },
  {
    id: 'seen',
    head: 'Seen',
    cell: ({ seen, odd }) =>
      seen === null ? (
        <span className="text-ink-3">not read</span>
      ) : (
        <span className={odd ? 'rounded-sm bg-warn/12 px-1 font-mono' : 'font-mono'}>{seen}</span>
      ),
  },
]

/** Drawn beside seen. Nothing is applied to a network itself, so there are two columns. */
export const NetworkWanted = ({
  topology,
  network,
  observed,
}: {
  topology: Topology
  network: string
  observed: Observed | null
}) => (
  <Table
    caption="The network as drawn and as seen"
    columns={COLUMNS}
    rows={networkRows(topology, network, observed)}
    rowKey={({ field }) => field}
  />
)

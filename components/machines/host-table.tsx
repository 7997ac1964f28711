import Link from 'next/link'
import { formatDuration, formatGib, formatMib } from '@/components/ui/format'
import { Meter } from '@/components/ui/meter'
import { useIsStale } from '@/components/ui/now'
import { type Column, Table } from '@/components/ui/table'
import type { TopologyHead } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import type { Observed, ObservedHost, Seen } from '@/lib/plan/observed'
import { ShownState } from './machine-columns'
import { type Shown, whenLastSeen } from './machine-rows'

type HostRow = { id: string; name: string; seen: Seen<ObservedHost> | undefined; shown: Shown }

/** How a host is, from what was seen of it. */
export function shownHost(seen: Seen<ObservedHost> | undefined): Shown {
  if (!seen) return { state: 'unknown', word: 'unknown', detail: 'It was not looked at yet.' }
  if (seen.state === 'unknown') return { state: 'unknown', word: 'no answer', detail: seen.reason }
  if (seen.state === 'absent')
    return { state: 'fail', word: 'not there', detail: 'Its Proxmox has no node of this name.' }
  return { state: 'ok', word: 'answers', detail: null }
}

const known = (row: HostRow): ObservedHost | null =>
  row.seen?.state === 'known' ? row.seen.value : null

/** All storages together: what is used and what there is. */
export function storageOf(host: ObservedHost): { usedGib: number; totalGib: number } {
  const active = Object.values(host.storages).filter((storage) => storage.active)
  return {
    usedGib: active.reduce((total, { usedGib }) => total + usedGib, 0),
    totalGib: active.reduce((total, { totalGib }) => total + totalGib, 0),
  }
}

const columns = (topologyId: string): Column<HostRow>[] => [
  {
    id: 'name',
    head: 'Host',
    cell: (row) => (
      <Link
        href={pages.host(topologyId, row.id)}
        className="inline-flex min-h-6 items-center font-medium text-work hover:underline"
      >
        {row.name}
      </Link>
    ),
  },
  { id: 'state', head: 'State', cell: (row) => <ShownState shown={row.shown} /> },
  {
    id: 'version',
    head: 'Proxmox',
    from: 'sm',
    cell: (row) => <span className="font-mono">{known(row)?.version ?? ''}</span>,
  },
  {
    id: 'cpu',
    head: 'CPU',
    from: 'md',
    cell: (row) => {
      const host = known(row)
      if (!host) return null
      return (
        <Meter
          label="CPU"
          value={host.cpuLoad}
          text={`${Math.round(host.cpuLoad * 100)} % of ${host.cpuThreads}`}
        />
      )
    },
  },
  {
    id: 'memory',
    head: 'Memory',
    from: 'sm',
    cell: (row) => {
      const host = known(row)
      if (!host) return null
      return (
        <Meter
          label="Memory"
          value={host.memoryUsedMib / host.memoryMib}
          text={`${formatMib(host.memoryUsedMib)} of ${formatMib(host.memoryMib)}`}
        />
      )
    },
  },
  {
    id: 'disks',
    head: 'Storages',
    from: 'md',
    cell: (row) => {
      const host = known(row)
      if (!host) return null
      const { usedGib, totalGib } = storageOf(host)
      return (
        <Meter
          label="Storages"
          value={totalGib === 0 ? null : usedGib / totalGib}
          text={`${formatGib(usedGib)} of ${formatGib(totalGib)}`}
        />
      )
    },
  },
  {
    id: 'guests',
    head: 'Guests',
    numeric: true,
    cell: (row) => {
      const host = known(row)
      return host ? host.guests.filter((guest) => !guest.template).length : ''
    },
  },
  {
    id: 'up',
    head: 'Up',
    numeric: true,
    from: 'lg',
    cell: (row) => {
      const host = known(row)
      return host ? formatDuration(host.uptimeS * 1000) : ''
    },
  },
]

/** The Proxmox hosts that the drawing names. */
export function HostTable({ head, observed }: { head: TopologyHead; observed: Observed | null }) {
  const stale = useIsStale(observed?.at ?? null)
  const rows = Object.entries(head.document.hosts ?? {})
    .filter(([, host]) => host.role === 'proxmox')
    .map(([id, host]) => {
      const seen = observed?.hosts[id]
      const shown = stale ? whenLastSeen(shownHost(seen)) : shownHost(seen)
      return { id, name: host.name ?? id, seen, shown }
    })
  return <Table caption="Hosts" columns={columns(head.id)} rows={rows} rowKey={(row) => row.id} />
}

import Link from 'next/link'
import { formatDuration, formatGib, formatMib } from '@/components/ui/format'
import { Meter } from '@/components/ui/meter'
import { StateWord } from '@/components/ui/states'
import type { Column } from '@/components/ui/table'
import { Tooltip } from '@/components/ui/tooltip'
import type { TopologyHead } from '@/lib/api/contract'
import { pages } from '@/lib/api/paths'
import type { Observed } from '@/lib/plan/observed'
import type { MachineRow } from './machine-rows'
import { VmMenu } from './vm-actions'

/** A state with its reason within reach of pointer, keyboard and finger. */
export function ShownState({ shown }: { shown: MachineRow['shown'] }) {
  const word = (
    <StateWord state={shown.state} still>
      {shown.word}
    </StateWord>
  )
  if (shown.detail === null) return word
  return (
    <Tooltip text={shown.detail}>
      <button
        type="button"
        className="inline-flex min-h-6 items-center underline decoration-dotted"
      >
        {word}
      </button>
    </Tooltip>
  )
}

const BELONGS: Record<MachineRow['belongs'], string | null> = {
  document: null,
  left: 'left the drawing',
  'not-ours': 'not managed',
}

/** Columns of the machines table for one topology. */
export function machineColumns(
  head: TopologyHead,
  observed: Observed | null,
): Column<MachineRow>[] {
  return [
    {
      id: 'name',
      head: 'Name',
      cell: (row) => (
        <span className="whitespace-nowrap">
          {row.vm === null ? (
            row.name
          ) : (
            <Link
              href={pages.vm(head.id, row.vm)}
              className="inline-flex min-h-6 items-center font-medium text-work hover:underline"
            >
              {row.name}
            </Link>
          )}
          {BELONGS[row.belongs] ? (
            <span className="ml-2 text-caption text-ink-3">{BELONGS[row.belongs]}</span>
          ) : null}
        </span>
      ),
    },
    { id: 'state', head: 'State', cell: (row) => <ShownState shown={row.shown} /> },
    {
      id: 'role',
      head: 'Role',
      from: 'md',
      cell: (row) => row.role ?? <span className="text-ink-3">{row.kind}</span>,
    },
    {
      id: 'vmid',
      head: 'VMID',
      numeric: true,
      from: 'sm',
      cell: (row) => <span className="font-mono">{row.vmid ?? '-'}</span>,
    },
    {
      id: 'address',
      head: 'Address',
      from: 'sm',
      cell: (row) => <span className="font-mono">{row.address ?? ''}</span>,
    },
    { id: 'host', head: 'Host', from: 'md', cell: (row) => row.host ?? '' },
    {
      id: 'cpu',
      head: 'CPU',
      from: 'lg',
      cell: (row) =>
        row.cpuLoad === null ? null : (
          <Meter label="CPU" value={row.cpuLoad} text={`${Math.round(row.cpuLoad * 100)} %`} />
        ),
    },
    {
      id: 'memory',
      head: 'Memory',
      from: 'md',
      cell: (row) => {
        if (row.memoryMib === null) return null
        if (row.memoryUsedMib === null)
          return <span className="text-ink-2">{formatMib(row.memoryMib)}</span>
        return (
          <Meter
            label="Memory"
            value={row.memoryUsedMib / row.memoryMib}
            text={`${formatMib(row.memoryUsedMib)} of ${formatMib(row.memoryMib)}`}
          />
        )
      },
    },
    {
      id: 'disks',
      head: 'Disks',
      numeric: true,
      from: 'lg',
      cell: (row) => (row.diskGib === null ? '' : formatGib(row.diskGib)),
    },
    {
      id: 'up',
      head: 'Up',
      numeric: true,
      from: 'lg',
      cell: (row) => (row.uptimeS === null ? '' : formatDuration(row.uptimeS * 1000)),
    },
    {
      id: 'actions',
      head: <span className="sr-only">Actions</span>,
      className: 'text-right',
      cell: (row) =>
        row.vm === null ? null : (
          <VmMenu
            topologyId={head.id}
            topology={head.document}
            vm={row.vm}
            seen={observed?.vms[row.vm]}
          />
        ),
    },
  ]
}
